package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Cuts the deep end of a version into shards that can be merged one at a time.
///
/// A shard is a set of tables of the base and of the tiers just above it, such that no table outside
/// overlaps one inside: a connected component of intervals, found by one sweep over the tables sorted
/// by smallest key. Nothing about shards is stored. They stay small because merges into the deepest
/// tier end their tables at the borders between shards ([#cuts]), so that young data never glues two
/// shards together; and where somebody did not, the shards are merely larger.
///
/// Alternatives: cut keys in the manifest (a format to keep, and they go stale as data moves), slices
/// of tables as inputs (half-dead files, whose space comes back late).
final class BaseShards {

  /// One shard. Its key range touches no other shard's.
  static final class Shard {
    /// Tables by level, then run.
    private final List<Placed> tables = new ArrayList<>();

    private TableMetadata reachingFarthest;
    private long tierBytes;
    private long baseBytes;

    private Shard(TableMetadata first) {
      this.reachingFarthest = first;
    }

    Slice smallestKey() {
      return tables.getFirst().table.smallestKey();
    }

    Slice largestKey() {
      return reachingFarthest.largestKey();
    }

    /// Bytes of tables above the base.
    long tierBytes() {
      return tierBytes;
    }

    /// Bytes of tables in the base.
    long baseBytes() {
      return baseBytes;
    }

    long bytes() {
      return tierBytes + baseBytes;
    }

    /// Tables in order of smallest key.
    List<Placed> tables() {
      return tables;
    }
  }

  /// A table and where it lies.
  record Placed(int level, long runId, TableMetadata table) {}

  private BaseShards() {}

  /// The shards in key order.
  ///
  /// @param fromLevel shallowest level that takes part
  static List<Shard> of(Version version, int fromLevel, int baseLevel) {
    return of(version, fromLevel, baseLevel, Set.of());
  }

  /// The shards as they would be without some tables.
  static List<Shard> of(Version version, int fromLevel, int baseLevel, Set<Long> without) {
    List<Placed> tables = new ArrayList<>();
    for (int level = fromLevel; level <= baseLevel; level++) {
      for (Run run : version.level(level)) {
        for (TableMetadata table : run.tables()) {
          if (!without.contains(table.fileNumber())) {
            tables.add(new Placed(level, run.id(), table));
          }
        }
      }
    }
    tables.sort(Comparator.comparing(placed -> placed.table().smallestKey()));
    List<Shard> shards = new ArrayList<>();
    for (Placed placed : tables) {
      TableMetadata table = placed.table();
      if (shards.isEmpty() || shards.getLast().reachingFarthest.endsBefore(table.smallestKey())) {
        shards.add(new Shard(table));
      }
      Shard shard = shards.getLast();
      shard.tables.add(placed);
      if (table.reachesBehind(shard.reachingFarthest)) {
        shard.reachingFarthest = table;
      }
      if (placed.level() == baseLevel) {
        shard.baseBytes += table.totalBytes();
      } else {
        shard.tierBytes += table.totalBytes();
      }
    }
    return shards;
  }

  /// Keys at which a merge into the deepest tier must end its tables.
  ///
  /// A shard that holds tier tables keeps its borders, or it would grow with every run. Between
  /// others a border is kept when enough output for a table is expected since the last one.
  ///
  /// @param outputBytes bytes that the merge will write, about
  /// @param pieceBytesMin least size worth a table of its own
  static List<Slice> cuts(List<Shard> shards, long outputBytes, long pieceBytesMin) {
    long baseBytes = 0;
    for (Shard shard : shards) {
      baseBytes += shard.baseBytes;
    }
    List<Slice> cuts = new ArrayList<>();
    double expected = 0;
    boolean lastHeldTiers = false;
    for (Shard shard : shards) {
      boolean holdsTiers = shard.tierBytes > 0;
      if (expected > 0 && (holdsTiers || lastHeldTiers || expected >= pieceBytesMin)) {
        cuts.add(shard.smallestKey());
        expected = 0;
      }
      lastHeldTiers = holdsTiers;
      expected += baseBytes == 0 ? outputBytes : (double) outputBytes * shard.baseBytes / baseBytes;
    }
    return cuts;
  }
}
