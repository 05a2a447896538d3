package io.varve.engine.compaction;

/// What shape of the tree the planner keeps. A mode can be changed at any time: each of them leads
/// every shape of another to its own, merge by merge.
///
/// `docs/internals/compaction.md` has what each costs.
public enum CompactionMode {
  /// Tiers above one base run, and a cap on the bytes above the base; merges into the base shard by
  /// shard. The default: the least writing that keeps space and runs bounded.
  TIERED,

  /// One run per level, each level ten times the one above. The fewest runs and the least space, for
  /// two to three times the writing.
  LEVELED,

  /// Tiers above, and a base that is a leveled one's: the tiers hold a tenth of the base and no more.
  /// Space of a leveled tree, writes in between.
  LAZY_LEVELED,

  /// Data that was written in different windows of time is never merged, so that whole files expire.
  /// For time series with an expiry; the space of what is overwritten comes back within a window only.
  TIME_WINDOW
}
