package io.varve.engine.version;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sums edits up to a state without making a version for each: opening a store costs the number of
/// its tables and of the edits, not their product.
///
/// What an edit removes must be there and what it adds must not, as in [Version#apply(VersionEdit)];
/// whether the tables of a run overlap shows at the end only. One thread, one use.
final class StateReplay {

  /// Where a table lies.
  private record Place(int level, long runId, TableMetadata table) {}

  private final Map<Long, Place> placeOfTable = new HashMap<>();
  private StoreState numbers = StoreState.empty();

  /// @throws IllegalArgumentException if the edit does not fit the ones before it
  void apply(VersionEdit edit) {
    for (VersionEdit.RemovedTable removed : edit.removed()) {
      Place place = placeOfTable.remove(removed.fileNumber());
      if (place == null || place.level() != removed.level()) {
        throw new IllegalArgumentException(
            "edit removes table "
                + removed.fileNumber()
                + " from level "
                + removed.level()
                + ", where it is not");
      }
    }
    for (VersionEdit.AddedTable added : edit.added()) {
      Place place = new Place(added.level(), added.runId(), added.table());
      if (placeOfTable.put(added.table().fileNumber(), place) != null) {
        throw new IllegalArgumentException(
            "edit adds " + added.table() + ", which is there already");
      }
    }
    numbers = numbers.with(numbers.version(), edit);
  }

  /// @throws IllegalArgumentException if tables of a run overlap
  StoreState finish() {
    List<Map<Long, List<TableMetadata>>> levels = new ArrayList<>();
    for (Place place : placeOfTable.values()) {
      while (levels.size() <= place.level()) {
        levels.add(new HashMap<>());
      }
      levels
          .get(place.level())
          .computeIfAbsent(place.runId(), _ -> new ArrayList<>())
          .add(place.table());
    }
    List<List<Run>> runs = new ArrayList<>();
    for (Map<Long, List<TableMetadata>> level : levels) {
      List<Run> ofLevel = new ArrayList<>();
      level.forEach((id, tables) -> ofLevel.add(new Run(id, tables)));
      runs.add(ofLevel);
    }
    return numbers.with(Version.of(runs), VersionEdit.EMPTY);
  }
}
