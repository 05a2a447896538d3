package io.varve.engine.version;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/// Knows which tables no living version refers to any more.
///
/// Versions are numbered in order, so a table lives in an interval: from the version that added it to
/// the one before the version that removed it. It may go once no living version has a number in that
/// interval. Exact even if one old snapshot is kept for days: tables that came and went after it go.
///
/// [#unreferenced(long)] may be called by any thread and takes no lock; all else is called with the
/// version set's lock on this object.
final class ObsoleteTables {

  private record Interval(long fileNumber, long addedIn, long removedIn) {}

  private final ConcurrentSkipListSet<Long> living = new ConcurrentSkipListSet<>();
  private final Map<Long, Long> addedIn = new HashMap<>();
  private final List<Interval> removed = new ArrayList<>();

  /// A version that will be installed, with the edit that leads to it. To be called before anybody can
  /// see it.
  synchronized void installing(long version, VersionEdit edit) {
    living.add(version);
    Set<Long> added =
        edit.added().stream()
            .map(a -> a.table().fileNumber())
            .collect(java.util.stream.Collectors.toSet());
    for (VersionEdit.RemovedTable table : edit.removed()) {
      if (!added.remove(table.fileNumber())) {
        @Nullable Long since = addedIn.remove(table.fileNumber());
        removed.add(new Interval(table.fileNumber(), since == null ? 0 : since, version));
      }
    }
    for (long fileNumber : added) {
      addedIn.putIfAbsent(fileNumber, version);
    }
  }

  /// The last reference to a version is gone.
  void unreferenced(long version) {
    living.remove(version);
  }

  /// Takes the tables out that may be deleted now.
  synchronized List<Long> takeDeletable() {
    List<Long> deletable = new ArrayList<>();
    for (Iterator<Interval> it = removed.iterator(); it.hasNext(); ) {
      Interval table = it.next();
      @Nullable Long reader = living.ceiling(table.addedIn());
      if (reader == null || reader >= table.removedIn()) {
        deletable.add(table.fileNumber());
        it.remove();
      }
    }
    return deletable;
  }

  /// Tables that are out of the current version and still kept for older ones.
  synchronized int waitingCount() {
    return removed.size();
  }

  /// Versions that somebody holds.
  int livingCount() {
    return living.size();
  }
}
