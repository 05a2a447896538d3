package io.varve.engine.version;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Works an edit into the levels of a version; runs that the edit does not touch are shared.
final class VersionBuilder {

  private final Version base;

  /// By level, the runs that the edit touches: id to tables.
  private final List<Map<Long, List<TableMetadata>>> touched = new ArrayList<>();

  VersionBuilder(Version base) {
    this.base = base;
    growTo(base.levelCount());
  }

  private void growTo(int levels) {
    while (touched.size() < levels) {
      touched.add(new HashMap<>());
    }
  }

  /// The levels after the edit; runs within a level in no order.
  ///
  /// @throws IllegalArgumentException if the edit does not fit
  List<List<Run>> apply(VersionEdit edit) {
    edit.removed().forEach(this::remove);
    edit.added().forEach(this::add);
    List<List<Run>> levels = new ArrayList<>();
    for (int level = 0; level < touched.size(); level++) {
      List<Run> runs = new ArrayList<>();
      for (Run run : base.level(level)) {
        if (!touched.get(level).containsKey(run.id())) {
          runs.add(run);
        }
      }
      touched
          .get(level)
          .forEach(
              (id, tables) -> {
                if (!tables.isEmpty()) {
                  runs.add(new Run(id, tables));
                }
              });
      levels.add(runs);
    }
    return levels;
  }

  private void remove(VersionEdit.RemovedTable removed) {
    for (Run run : base.level(removed.level())) {
      @Nullable List<TableMetadata> draft = touched.get(removed.level()).get(run.id());
      List<TableMetadata> tables = draft == null ? run.tables() : draft;
      for (int i = 0; i < tables.size(); i++) {
        if (tables.get(i).fileNumber() == removed.fileNumber()) {
          draftOf(removed.level(), run.id()).remove(i);
          return;
        }
      }
    }
    throw new IllegalArgumentException(
        "edit removes table "
            + removed.fileNumber()
            + " from level "
            + removed.level()
            + ", where it is not");
  }

  private void add(VersionEdit.AddedTable added) {
    growTo(added.level() + 1);
    draftOf(added.level(), added.runId()).add(added.table());
  }

  private List<TableMetadata> draftOf(int level, long runId) {
    return touched
        .get(level)
        .computeIfAbsent(
            runId,
            _ -> {
              for (Run run : base.level(level)) {
                if (run.id() == runId) {
                  return new ArrayList<>(run.tables());
                }
              }
              return new ArrayList<>();
            });
  }
}
