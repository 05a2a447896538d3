package io.varve.engine.compaction;

/// The parameters of the planner.
///
/// @param mode the shape to keep (default tiered)
/// @param fanOut runs that a tier holds before they are merged into one of the next (default 8):
///     more means less rewriting and more runs to probe
/// @param spaceCap bytes above the base may be this fraction of the base's (default 0.33): more means
///     less rewriting and more space
/// @param spaceFloorBytes bytes above the base that are always fine (default two memtables), so that
///     a small store is not rewritten for every flush
/// @param memtableBytes what a flush brings, roughly (default 64 MiB)
/// @param tableBytes size at which output tables are cut (default 64 MiB)
/// @param baseLevel level of the base, the deepest; above it are the tiers
/// @param sizeRatio what a leveled level holds of the next (default 10, a tenth); lazy-leveled: the
///     tiers together of the base
/// @param windowMillis length of a window of the time-window mode, in milliseconds (default a day):
///     a tenth or so of the time that entries live, for as many runs stay
public record PlannerOptions(
    CompactionMode mode,
    int fanOut,
    double spaceCap,
    long spaceFloorBytes,
    long memtableBytes,
    long tableBytes,
    int baseLevel,
    int sizeRatio,
    long windowMillis) {

  /// Flushes that a leveled tree collects before it merges them.
  static final int LEVELED_FLUSHES = 4;

  /// Windows that never expire, in fan-outs, before the oldest are joined.
  static final int WINDOWS_OF_FAN_OUT = 4;

  private static final double SPACE_CAP = 0.33;
  private static final int BASE_LEVEL = 6;
  private static final int SIZE_RATIO = 10;
  private static final long WINDOW_MILLIS = 86_400_000;

  public PlannerOptions {
    if (fanOut < 2 || spaceCap <= 0 || spaceFloorBytes < 0 || memtableBytes <= 0) {
      throw new IllegalArgumentException("impossible compaction options");
    }
    if (tableBytes <= 0 || baseLevel < 2 || baseLevel >= 16) {
      throw new IllegalArgumentException("impossible compaction options");
    }
    if (sizeRatio < 2 || windowMillis < 1) {
      throw new IllegalArgumentException("impossible compaction options");
    }
  }

  /// Tiered, with the defaults of what only the other modes need.
  public PlannerOptions(
      int fanOut,
      double spaceCap,
      long spaceFloorBytes,
      long memtableBytes,
      long tableBytes,
      int baseLevel) {
    this(
        CompactionMode.TIERED,
        fanOut,
        spaceCap,
        spaceFloorBytes,
        memtableBytes,
        tableBytes,
        baseLevel,
        SIZE_RATIO,
        WINDOW_MILLIS);
  }

  public static PlannerOptions defaults() {
    return forMemtable(64L << 20);
  }

  /// The defaults around a memtable of another size.
  public static PlannerOptions forMemtable(long memtableBytes) {
    return new PlannerOptions(
        8,
        SPACE_CAP,
        2 * memtableBytes,
        memtableBytes,
        Math.min(64L << 20, memtableBytes),
        BASE_LEVEL);
  }

  public PlannerOptions withMode(CompactionMode other) {
    return new PlannerOptions(
        other,
        fanOut,
        spaceCap,
        spaceFloorBytes,
        memtableBytes,
        tableBytes,
        baseLevel,
        sizeRatio,
        windowMillis);
  }

  public PlannerOptions withFanOut(int other) {
    return new PlannerOptions(
        mode,
        other,
        spaceCap,
        spaceFloorBytes,
        memtableBytes,
        tableBytes,
        baseLevel,
        sizeRatio,
        windowMillis);
  }

  public PlannerOptions withSpaceCap(double other) {
    return new PlannerOptions(
        mode,
        fanOut,
        other,
        spaceFloorBytes,
        memtableBytes,
        tableBytes,
        baseLevel,
        sizeRatio,
        windowMillis);
  }

  public PlannerOptions withTableBytes(long other) {
    return new PlannerOptions(
        mode,
        fanOut,
        spaceCap,
        spaceFloorBytes,
        memtableBytes,
        other,
        baseLevel,
        sizeRatio,
        windowMillis);
  }

  public PlannerOptions withSizeRatio(int other) {
    return new PlannerOptions(
        mode,
        fanOut,
        spaceCap,
        spaceFloorBytes,
        memtableBytes,
        tableBytes,
        baseLevel,
        other,
        windowMillis);
  }

  public PlannerOptions withWindowMillis(long other) {
    return new PlannerOptions(
        mode,
        fanOut,
        spaceCap,
        spaceFloorBytes,
        memtableBytes,
        tableBytes,
        baseLevel,
        sizeRatio,
        other);
  }

  /// Level above the base: where tiers end.
  int lastTier() {
    return baseLevel - 1;
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

  /// Least size, as expected, of the tables into which a run is cut that is going into the base.
  long pieceBytes() {
    return tableBytes / 8;
  }

  /// The same for a flush, of which several are many small tables, but only in a small store.
  long flushPieceBytes() {
    return tableBytes / 32;
  }

  /// A larger shard is cut before it is merged.
  long shardBytesMax(long storeBytes) {
    return Math.max(8 * tableBytes, storeBytes / 16);
  }

  /// Runs at which the deepest tier is merged although the space cap has not emptied it.
  int deepestTierRunsMax() {
    return 5 * fanOut / 2;
  }

  /// Divides output evenly over tables of about the size wanted, so that no crumb is left over.
  long evenTableBytes(long bytes) {
    long tables = Math.max(1, Math.round((double) bytes / tableBytes - 0.25));
    return Math.max(tableBytes / 2, bytes / tables + 1);
  }
}
