package io.varve.engine.compaction;

/// How far the tree is from the shape that the planner keeps: what admission of writes looks at.
///
/// @param levelZeroRuns flushes that wait for a merge
/// @param bytesAboveBase bytes of the tiers
/// @param baseBytes bytes of the base
/// @param bytesAboveBaseMax bytes above the base from which on the base takes some in
public record CompactionDebt(
    int levelZeroRuns, long bytesAboveBase, long baseBytes, long bytesAboveBaseMax) {

  /// Bytes above the base beyond what is fine, 0 if none.
  public long excessBytes() {
    return Math.max(0, bytesAboveBase - bytesAboveBaseMax);
  }
}
