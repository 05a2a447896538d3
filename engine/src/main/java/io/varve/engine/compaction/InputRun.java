package io.varve.engine.compaction;

import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.VersionEdit;
import java.util.List;

/// The part of a run that a compaction takes.
///
/// @param tables in key order
public record InputRun(int level, long runId, List<TableMetadata> tables) {

  public InputRun {
    tables = List.copyOf(tables);
  }

  /// Bytes of the tables, and of the values elsewhere that they refer to.
  public long bytes() {
    long sum = 0;
    for (TableMetadata table : tables) {
      sum += table.totalBytes();
    }
    return sum;
  }

  /// Bytes of the tables alone: what a merge reads.
  public long fileBytes() {
    long sum = 0;
    for (TableMetadata table : tables) {
      sum += table.fileBytes();
    }
    return sum;
  }

  /// Takes the tables out of their level.
  void removeFrom(VersionEdit.Builder edit) {
    for (TableMetadata table : tables) {
      edit.remove(level, table.fileNumber());
    }
  }
}
