package io.varve.engine.version;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/// Knows which tables and value files no living version refers to any more.
///
/// Versions are numbered in order, so a table lives in an interval: from the version that added it to
/// the one before the version that removed it. It may go once no living version has a number in that
/// interval. Exact even if one old snapshot is kept for days: tables that came and went after it go.
///
/// A value file lives from the version in which the first table had a share in it to the one before
/// the version in which the last has gone. It has one such interval: new references to a value file
/// are only ever made from old ones of the same edit.
///
/// [#unreferenced(long)] may be called by any thread and takes no lock; all else is called with the
/// version set's lock on this object.
final class ObsoleteFiles {

  private record Interval(DataFile file, long addedIn, long removedIn) {}

  private final ConcurrentSkipListSet<Long> living = new ConcurrentSkipListSet<>();
  private final Map<DataFile, Long> addedIn = new HashMap<>();
  private final List<Interval> removed = new ArrayList<>();

  /// Shares of the tables of the newest version, by table; and how many of them are in a value file.
  private final Map<Long, List<ValueFileShare>> sharesOfTable = new HashMap<>();

  private final Map<Long, Integer> sharesInValueFile = new HashMap<>();

  /// The version that a set starts with.
  synchronized void starting(Version version) {
    living.add(version.number());
    for (int age = 0; age < version.runCount(); age++) {
      version.run(age).tables().forEach(this::addShares);
    }
  }

  /// A version that will be installed, with the edit that leads to it. To be called before anybody can
  /// see it.
  synchronized void installing(long version, VersionEdit edit) {
    living.add(version);
    Map<Long, TableMetadata> added = new HashMap<>();
    edit.added().forEach(each -> added.put(each.table().fileNumber(), each.table()));
    Set<Long> valueFilesBefore = new HashSet<>();
    List<Long> gone = new ArrayList<>();
    for (VersionEdit.RemovedTable table : edit.removed()) {
      // What is removed and added in one edit has moved.
      if (added.remove(table.fileNumber()) == null) {
        gone.add(table.fileNumber());
        remove(DataFile.table(table.fileNumber()), version);
        for (ValueFileShare share : sharesOfTable.getOrDefault(table.fileNumber(), List.of())) {
          valueFilesBefore.add(share.fileNumber());
        }
      }
    }
    for (TableMetadata table : added.values()) {
      addedIn.putIfAbsent(DataFile.table(table.fileNumber()), version);
      for (ValueFileShare share : table.valueFiles()) {
        if (!sharesInValueFile.containsKey(share.fileNumber())) {
          addedIn.putIfAbsent(DataFile.value(share.fileNumber()), version);
        }
      }
      addShares(table);
    }
    gone.forEach(this::removeShares);
    for (long valueFile : valueFilesBefore) {
      if (!sharesInValueFile.containsKey(valueFile)) {
        remove(DataFile.value(valueFile), version);
      }
    }
  }

  private void remove(DataFile file, long version) {
    @Nullable Long since = addedIn.remove(file);
    removed.add(new Interval(file, since == null ? 0 : since, version));
  }

  private void addShares(TableMetadata table) {
    if (!table.valueFiles().isEmpty()) {
      sharesOfTable.put(table.fileNumber(), table.valueFiles());
      table
          .valueFiles()
          .forEach(share -> sharesInValueFile.merge(share.fileNumber(), 1, Integer::sum));
    }
  }

  private void removeShares(long table) {
    @Nullable List<ValueFileShare> shares = sharesOfTable.remove(table);
    if (shares != null) {
      for (ValueFileShare share : shares) {
        sharesInValueFile.computeIfPresent(
            share.fileNumber(), (_, count) -> count == 1 ? null : count - 1);
      }
    }
  }

  /// The last reference to a version is gone.
  void unreferenced(long version) {
    living.remove(version);
  }

  /// Takes the files out that may be deleted now.
  synchronized List<DataFile> takeDeletable() {
    List<DataFile> deletable = new ArrayList<>();
    for (Iterator<Interval> it = removed.iterator(); it.hasNext(); ) {
      Interval file = it.next();
      @Nullable Long reader = living.ceiling(file.addedIn());
      if (reader == null || reader >= file.removedIn()) {
        deletable.add(file.file());
        it.remove();
      }
    }
    return deletable;
  }

  /// Files that are out of the current version and still kept for older ones.
  synchronized int waitingCount() {
    return removed.size();
  }

  /// Versions that somebody holds.
  int livingCount() {
    return living.size();
  }
}
