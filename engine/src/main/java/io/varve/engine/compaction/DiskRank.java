package io.varve.engine.compaction;

/// Who goes first at the disk, the first first. The log comes before all of these and never waits.
enum DiskRank {
  /// Writes wait for it, and memory.
  FLUSH,
  /// Merges of tiers: runs pile up, and reads pay for each.
  YOUNG_MERGE,
  /// Merges that bring the store back under its space cap.
  CAP_MERGE,
  /// What somebody asked for, and what can wait.
  OTHER_MERGE;

  static DiskRank of(CompactionChoice.MergeRuns merge) {
    if (merge.reason() == CompactionChoice.Reason.RUN_COUNT) {
      return YOUNG_MERGE;
    }
    return merge.reason() == CompactionChoice.Reason.SPACE
            || merge.reason() == CompactionChoice.Reason.GARBAGE
            || merge.reason() == CompactionChoice.Reason.LEVEL_FULL
        ? CAP_MERGE
        : OTHER_MERGE;
  }
}
