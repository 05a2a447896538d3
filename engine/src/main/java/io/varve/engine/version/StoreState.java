package io.varve.engine.version;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All that a manifest says: the tables, and the numbers and properties around them.
///
/// Immutable; the sum of the edits up to some point.
///
/// @param version tables by level and run
/// @param nextFileNumber numbers from here on were never given to a file
/// @param lastSequence greatest sequence number that a table may hold
/// @param walSegment first WAL segment that is not wholly in tables
/// @param properties of the store, by name
public record StoreState(
    Version version,
    long nextFileNumber,
    long lastSequence,
    long walSegment,
    Map<String, String> properties) {

  /// Run id of the base: older than every other run, so below every number that a flush can take.
  public static final long BASE_RUN_ID = 1;

  /// First number for files and runs.
  static final long FIRST_NUMBER = BASE_RUN_ID + 1;

  public StoreState {
    properties = Map.copyOf(properties);
  }

  /// A store that holds nothing.
  public static StoreState empty() {
    return new StoreState(Version.of(List.of()), FIRST_NUMBER, 0, 0, Map.of());
  }

  /// What the store becomes by an edit.
  ///
  /// @throws IllegalArgumentException if the edit does not fit
  public StoreState apply(VersionEdit edit) {
    return with(version.apply(edit), edit);
  }

  /// The numbers and properties of [#apply(VersionEdit)] around a version that was made elsewhere.
  StoreState with(Version next, VersionEdit edit) {
    Map<String, String> allProperties = new HashMap<>(properties);
    allProperties.putAll(edit.properties());
    return new StoreState(
        next,
        ascending("next file number", nextFileNumber, edit.nextFileNumber()),
        ascending("last sequence number", lastSequence, edit.lastSequence()),
        ascending("WAL segment", walSegment, edit.walSegment()),
        allProperties);
  }

  private static long ascending(String what, long now, long next) {
    if (next == VersionEdit.UNCHANGED) {
      return now;
    }
    if (next < now) {
      throw new IllegalArgumentException(
          what + " " + next + " of an edit is below " + now + ", which an earlier edit set");
    }
    return next;
  }

  /// The state as edits on an empty store.
  List<VersionEdit> toEdits() {
    List<VersionEdit> edits = new ArrayList<>();
    VersionEdit.Builder edit = VersionEdit.builder();
    edit.nextFileNumber(nextFileNumber).lastSequence(lastSequence).walSegment(walSegment);
    properties.forEach(edit::property);
    int tables = 0;
    for (int level = 0; level < version.levelCount(); level++) {
      for (Run run : version.level(level)) {
        for (TableMetadata table : run.tables()) {
          edit.add(level, run.id(), table);
          if (++tables % ManifestFormat.SNAPSHOT_TABLES_PER_EDIT == 0) {
            edits.add(edit.build());
            edit = VersionEdit.builder();
          }
        }
      }
    }
    edits.add(edit.build());
    return edits;
  }
}
