package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.VersionEdit;
import java.util.List;

/// What the planner wants done next.
public sealed interface CompactionChoice {

  /// Why something is done; shows in logs and statistics.
  enum Reason {
    /// A level holds its number of runs.
    RUN_COUNT,
    /// The bytes above the base exceed the space cap.
    SPACE,
    /// Values that nothing refers to fill value files of the base beyond the space cap.
    GARBAGE,
    /// A level of a leveled tree exceeds its size.
    LEVEL_FULL,
    /// A window of time is over.
    WINDOW_CLOSED,
    /// Nothing older overlaps, so nothing need be rewritten.
    NO_OVERLAP,
    /// Nobody can want a key of the table.
    DEAD_RANGE,
    /// Range tombstones of younger runs cover the table or a good part of it, or it hides nothing.
    COVERED,
    /// All that is in the table has expired.
    EXPIRED,
    /// Somebody asked.
    MANUAL
  }

  /// All is well.
  record Nothing() implements CompactionChoice {}

  /// Rewrite tables into one run.
  ///
  /// @param inputs youngest first
  /// @param outputRunId run that the output founds or joins
  /// @param cuts keys at which an output table must end: the next one starts at or behind the key;
  ///     ascending
  /// @param outputTableBytes an output table ends when it has as many
  record MergeRuns(
      List<InputRun> inputs,
      int outputLevel,
      long outputRunId,
      List<Slice> cuts,
      long outputTableBytes,
      Reason reason)
      implements CompactionChoice {

    public MergeRuns {
      inputs = List.copyOf(inputs);
      cuts = List.copyOf(cuts);
    }

    /// Bytes of all inputs.
    public long inputBytes() {
      long sum = 0;
      for (InputRun input : inputs) {
        sum += input.fileBytes();
      }
      return sum;
    }

    /// Least key of the inputs.
    public Slice smallestKey() {
      Slice smallest = inputs.getFirst().tables().getFirst().smallestKey();
      for (InputRun input : inputs) {
        Slice key = input.tables().getFirst().smallestKey();
        smallest = key.compareTo(smallest) < 0 ? key : smallest;
      }
      return smallest;
    }

    /// Greatest key of the inputs.
    public Slice largestKey() {
      Slice largest = inputs.getFirst().tables().getLast().largestKey();
      for (InputRun input : inputs) {
        Slice key = input.tables().getLast().largestKey();
        largest = key.compareTo(largest) > 0 ? key : largest;
      }
      return largest;
    }

    /// One line for logs.
    @Override
    public String toString() {
      return "merge "
          + inputs.stream()
              .map(i -> "L" + i.level() + ":" + i.runId() + "x" + i.tables().size())
              .toList()
          + " to L"
          + outputLevel
          + ":"
          + outputRunId
          + " ("
          + inputBytes()
          + " bytes, "
          + reason
          + ")";
    }
  }

  /// Give tables another place without reading them.
  ///
  /// @param inputs what moves
  record MoveRun(List<InputRun> inputs, int outputLevel, long outputRunId)
      implements CompactionChoice {

    public MoveRun {
      inputs = List.copyOf(inputs);
    }

    VersionEdit toEdit() {
      VersionEdit.Builder edit = VersionEdit.builder();
      for (InputRun input : inputs) {
        input.removeFrom(edit);
        for (TableMetadata table : input.tables()) {
          edit.add(outputLevel, outputRunId, table);
        }
      }
      return edit.build();
    }

    /// One line for logs.
    @Override
    public String toString() {
      return "move "
          + inputs.stream()
              .map(
                  i ->
                      "L"
                          + i.level()
                          + ":"
                          + i.runId()
                          + i.tables().stream().map(TableMetadata::fileNumber).toList())
              .toList()
          + " to L"
          + outputLevel
          + ":"
          + outputRunId;
    }
  }

  /// Forget tables of which no key can be wanted.
  ///
  /// @param reason why the first of them can go; others may go for other reasons
  record DropTables(List<InputRun> inputs, Reason reason) implements CompactionChoice {

    public DropTables {
      inputs = List.copyOf(inputs);
    }

    VersionEdit toEdit() {
      VersionEdit.Builder edit = VersionEdit.builder();
      for (InputRun input : inputs) {
        input.removeFrom(edit);
      }
      return edit.build();
    }

    /// One line for logs.
    @Override
    public String toString() {
      return "drop "
          + inputs.stream()
              .map(
                  i ->
                      "L" + i.level() + i.tables().stream().map(TableMetadata::fileNumber).toList())
              .toList();
    }
  }
}
