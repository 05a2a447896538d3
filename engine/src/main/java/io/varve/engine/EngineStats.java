package io.varve.engine;

import io.varve.engine.block.BlockCacheStats;
import io.varve.engine.compaction.CompactionCounters;
import io.varve.engine.rowcache.RowCacheStats;
import io.varve.engine.wal.WalCounters;
import java.util.List;

/// What a store looks like and what it has done so far: one look, taken without stopping anybody.
///
/// @param lastSequence newest sequence number written
/// @param bytesWritten bytes of keys and values written since the store was opened
/// @param durableSequence newest sequence number that is durable according to the policy
/// @param memtableBytes memory of the active memtable
/// @param memtableEntries versions in the active memtable
/// @param sealedMemtables memtables that wait for their flush
/// @param sealedMemtableBytes memory of those
/// @param levels every level that has been reached, the youngest first
/// @param valueFiles large values that lie apart from the tables
/// @param openTables tables that are open
/// @param snapshots snapshots that are open
/// @param walLiveBytes bytes of log segments that a replay would read
/// @param backlogged whether writers are asked to wait
/// @param oldestUnsyncedNanos age of the oldest write that is not synced yet, 0 if there is none
/// @param archiveBacklogBytes bytes of log segments that are kept for the archive alone; 0 without one
/// @param wal counters of the log
/// @param cache state and counters of the block cache
/// @param rows state and counters of the row cache
/// @param reads what reads have cost
/// @param compaction counters of flushes and merges
/// @param admission how writes are admitted
public record EngineStats(
    long lastSequence,
    long bytesWritten,
    long durableSequence,
    long memtableBytes,
    long memtableEntries,
    int sealedMemtables,
    long sealedMemtableBytes,
    List<LevelStats> levels,
    ValueFileStats valueFiles,
    long openTables,
    int snapshots,
    long walLiveBytes,
    boolean backlogged,
    long oldestUnsyncedNanos,
    long archiveBacklogBytes,
    WalCounters wal,
    BlockCacheStats cache,
    RowCacheStats rows,
    ReadTotals reads,
    CompactionCounters compaction,
    AdmissionStats admission) {

  /// One level of the tree.
  ///
  /// @param level 0 is the youngest
  /// @param runs sorted runs in it: what a read may have to ask
  /// @param tables files
  /// @param bytes bytes of those files
  /// @param entries versions and tombstones in them
  /// @param tombstones tombstones among them
  /// @param rangeTombstones range tombstones, which are no entries
  /// @param valueBytes bytes of large values that its tables refer to
  public record LevelStats(
      int level,
      int runs,
      int tables,
      long bytes,
      long entries,
      long tombstones,
      long rangeTombstones,
      long valueBytes) {}

  /// The value files.
  ///
  /// @param files how many
  /// @param bytes bytes of those files
  /// @param liveBytes bytes of values that tables refer to
  /// @param garbageBytes bytes of values that no table refers to any more
  public record ValueFileStats(int files, long bytes, long liveBytes, long garbageBytes) {}

  public EngineStats {
    levels = List.copyOf(levels);
  }

  /// Runs over all levels: the most that a point read may have to ask.
  public int runs() {
    return levels.stream().mapToInt(LevelStats::runs).sum();
  }

  /// Bytes of all tables.
  public long tableBytes() {
    return levels.stream().mapToLong(LevelStats::bytes).sum();
  }
}
