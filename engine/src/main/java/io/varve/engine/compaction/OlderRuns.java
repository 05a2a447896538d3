package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.BoundKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.range.RangeTombstone;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
      while (position < run.tableCount() && run.table(position).endsBefore(userKey)) {
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

  /// What is left of a range tombstone when it is cut to where older tables lie; null if there are
  /// none in its range. May be asked in any order of keys.
  @Nullable RangeTombstone cut(RangeTombstone tombstone) {
    @Nullable Slice from = null;
    @Nullable Slice to = null;
    for (Run run : runs) {
      int index = run.indexOfFirstReaching(tombstone.start());
      for (; index < run.tableCount(); index++) {
        TableMetadata table = run.table(index);
        if (table.smallestKey().compareTo(tombstone.end()) >= 0) {
          break;
        }
        if (!inputs.contains(table.fileNumber())) {
          Slice end = exclusiveEnd(table);
          from =
              from == null || table.smallestKey().compareTo(from) < 0 ? table.smallestKey() : from;
          to = to == null || end.compareTo(to) > 0 ? end : to;
        }
      }
    }
    if (from == null || to == null) {
      return null;
    }
    return new RangeTombstone(
        from.compareTo(tombstone.start()) > 0 ? from : tombstone.start(),
        to.compareTo(tombstone.end()) < 0 ? to : tombstone.end(),
        tombstone.sequence());
  }

  /// The first key behind all of a table. No key lies between one and that one with a zero behind.
  private static Slice exclusiveEnd(TableMetadata table) {
    Slice largest = table.largestKey();
    if (table.largestKind() == BoundKind.EXCLUSIVE) {
      return largest;
    }
    if (largest.length() == InternalKey.USER_KEY_BYTES_MAX) {
      return KeyRange.END;
    }
    byte[] next = new byte[largest.length() + 1];
    MemorySegment.copy(
        largest.segment(), largest.offset(), MemorySegment.ofArray(next), 0, largest.length());
    return Slice.of(next);
  }
}
