package io.varve.engine.compaction;

/// The parameters of the planner.
///
/// @param fanOut runs that a tier holds before they are merged into one of the next (default 8):
///     more means less rewriting and more runs to probe
/// @param spaceCap bytes above the base may be this fraction of the base's (default 0.33): more means
///     less rewriting and more space
/// @param spaceFloorBytes bytes above the base that are always fine (default four memtables), so that
///     a small store is not rewritten for every flush
/// @param memtableBytes what a flush brings, roughly (default 64 MiB)
/// @param tableBytes size at which output tables are cut (default 64 MiB)
/// @param baseLevel level of the base, the deepest; above it are the tiers
public record PlannerOptions(
    int fanOut,
    double spaceCap,
    long spaceFloorBytes,
    long memtableBytes,
    long tableBytes,
    int baseLevel) {

  public PlannerOptions {
    if (fanOut < 2 || spaceCap <= 0 || spaceFloorBytes < 0 || memtableBytes <= 0) {
      throw new IllegalArgumentException("impossible compaction options");
    }
    if (tableBytes <= 0 || baseLevel < 1 || baseLevel >= 16) {
      throw new IllegalArgumentException("impossible compaction options");
    }
  }

  public static PlannerOptions defaults() {
    return forMemtable(64L << 20);
  }

  /// The defaults around a memtable of another size.
  public static PlannerOptions forMemtable(long memtableBytes) {
    return new PlannerOptions(
        8, 0.33, 4 * memtableBytes, memtableBytes, Math.min(64L << 20, memtableBytes), 6);
  }

  /// Smaller tables are not moved as they are: moved one by one, they would fill the base with
  /// crumbs.
  long moveBytesMin() {
    return tableBytes / 8;
  }

  /// Smaller pieces of the base are merged together with a neighbour.
  long crumbBytes() {
    return tableBytes / 4;
  }

  /// A larger shard is cut before it is merged.
  long shardBytesMax(long storeBytes) {
    return Math.max(16 * tableBytes, storeBytes / 16);
  }

  /// Tiers that a base of some size calls for: the fewest of which the deepest, full, holds what the
  /// space cap allows above the base.
  int tiersFor(long baseBytes) {
    double allowed = spaceCap * baseBytes;
    double full = (double) memtableBytes * fanOut;
    int tiers = 1;
    while (full < allowed && tiers < baseLevel) {
      full *= fanOut;
      tiers++;
    }
    return tiers;
  }

  /// Bytes above the base from which on the base takes some of them in.
  double bytesAboveBaseMax(long baseBytes) {
    return Math.max((double) spaceFloorBytes, spaceCap * baseBytes);
  }
}
