package io.varve.engine.compaction;

import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.version.Version;
import java.util.List;
import java.util.Set;

/// All that the planner may look at: the state of the tree, and what is being done to it.
///
/// @param version the current version
/// @param running merges at work; they take their inputs, and the places of their outputs
/// @param blocked file numbers of tables that must be left alone: they are damaged
/// @param filter what nobody wants any more
/// @param snapshots who may still read what
/// @param nowMillis the time, in milliseconds since 1970
public record CompactionInputs(
    Version version,
    List<MergeRuns> running,
    Set<Long> blocked,
    CompactionFilter filter,
    SnapshotBounds snapshots,
    long nowMillis) {

  public CompactionInputs {
    running = List.copyOf(running);
    blocked = Set.copyOf(blocked);
  }

  /// A tree at rest that nobody else looks at.
  public static CompactionInputs of(Version version) {
    return new CompactionInputs(
        version, List.of(), Set.of(), CompactionFilter.NONE, SnapshotBounds.none(), 0);
  }
}
