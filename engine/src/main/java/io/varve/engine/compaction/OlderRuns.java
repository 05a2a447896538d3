package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Answers for ascending keys whether anything older than the inputs of a job may hold them: what
/// decides if a tombstone has done its work. By key ranges only, without a read.
///
/// Merges that run at the same time cannot make the answer wrong: data only sink, and what sinks past
/// a merge does not overlap it (see [CompactionPlanner]).
final class OlderRuns {

  private final List<Run> runs = new ArrayList<>();
  private final int[] positions;
  private final Set<Long> inputs;

  /// @param youngestInput runs of this id or below are older, or inputs
  /// @param inputs file numbers of the inputs
  OlderRuns(Version version, long youngestInput, Set<Long> inputs) {
    for (int age = 0; age < version.runCount(); age++) {
      if (version.run(age).id() <= youngestInput) {
        runs.add(version.run(age));
      }
    }
    this.positions = new int[runs.size()];
    this.inputs = inputs;
  }

  /// @param userKey not before the key of the last call
  boolean mayHold(Slice userKey) {
    for (int i = 0; i < positions.length; i++) {
      Run run = runs.get(i);
      int position = positions[i];
      while (position < run.tableCount()
          && run.table(position).largestKey().compareTo(userKey) < 0) {
        position++;
      }
      positions[i] = position;
      if (position < run.tableCount()) {
        TableMetadata table = run.table(position);
        if (table.smallestKey().compareTo(userKey) <= 0 && !inputs.contains(table.fileNumber())) {
          return true;
        }
      }
    }
    return false;
  }
}
