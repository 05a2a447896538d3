package io.varve.server.keyspace;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What others hear of an execution when it commits: changed keys, events, and wishes to watch keys
/// from then on. Nobody hears of what is thrown away. Belongs to one [KeyspaceAccess].
final class CommitNotices {

  /// Numbers that a mark takes; see [#mark].
  static final int MARK_NUMBERS = 3;

  /// A wish to watch a key, or with `key` null to stop watching all.
  private record WatchRequest(
      Watcher watcher,
      int logical,
      @Nullable Slice key,
      boolean present,
      long expiryMillis,
      boolean expired) {}

  /// A key that has changed although its header has not.
  private record Touched(int logical, Slice key) {}

  /// Something that happened to a key, for those who listen.
  private record KeyEvent(int logical, KeyEventClass eventClass, String event, Slice key) {}

  private final ArrayList<WatchRequest> watchRequests = new ArrayList<>();
  private final ArrayList<Touched> touched = new ArrayList<>();
  private final ArrayList<KeyEvent> events = new ArrayList<>();

  /// A key has changed although its header has not.
  void touch(int logical, Slice key) {
    touched.add(new Touched(logical, key.copy()));
  }

  void event(int logical, KeyEventClass eventClass, String event, Slice key) {
    events.add(new KeyEvent(logical, eventClass, event, key.copy()));
  }

  void watch(Watcher watcher, int logical, Slice key, @Nullable KeyEntry entry, long nowMillis) {
    watchRequests.add(
        new WatchRequest(
            watcher,
            logical,
            key.copy(),
            entry != null,
            entry != null ? entry.expiryMillis() : KeyEntry.NO_EXPIRY,
            entry != null && entry.isExpiredAt(nowMillis)));
  }

  /// Lets a watcher go of all its keys.
  void unwatch(Watcher watcher) {
    watchRequests.add(new WatchRequest(watcher, 0, null, false, 0, false));
  }

  /// Writes down how far it has come, for [#rollback].
  void mark(int[] into, int at) {
    into[at] = watchRequests.size();
    into[at + 1] = touched.size();
    into[at + 2] = events.size();
  }

  void rollback(int[] marks, int at) {
    truncate(watchRequests, marks[at]);
    truncate(touched, marks[at + 1]);
    truncate(events, marks[at + 2]);
  }

  /// Tells the listeners which keys have changed.
  ///
  /// @param before the map of databases when the batch began
  /// @param remaps those that the batch puts, in their order
  void tellChanges(
      List<KeyChangeListener> listeners,
      WriteBatch batch,
      DatabaseMap before,
      List<DatabaseMap> remaps) {
    if (batch.isEmpty() && touched.isEmpty()) {
      return;
    }
    for (int i = 0; i < listeners.size(); i++) {
      KeyChangeListener listener = listeners.get(i);
      if (listener.isListening()) {
        batch.visit(new ChangedKeys(listener, before, remaps));
        for (int j = 0; j < touched.size(); j++) {
          listener.changed(touched.get(j).logical, touched.get(j).key, false);
        }
      }
    }
  }

  void applyWatches(WatchRegistry watches) {
    for (int i = 0; i < watchRequests.size(); i++) {
      WatchRequest request = watchRequests.get(i);
      Slice key = request.key;
      if (key == null) {
        watches.unwatch(request.watcher);
      } else {
        watches.watch(
            request.logical,
            key,
            request.watcher,
            request.present,
            request.expiryMillis,
            request.expired);
      }
    }
  }

  void tellEvents(KeyEventListener listener) {
    for (int i = 0; i < events.size(); i++) {
      KeyEvent happened = events.get(i);
      listener.happened(happened.logical, happened.eventClass, happened.event, happened.key);
    }
  }

  void clear() {
    if (!watchRequests.isEmpty()) {
      watchRequests.clear();
    }
    if (!touched.isEmpty()) {
      touched.clear();
    }
    if (!events.isEmpty()) {
      events.clear();
    }
  }

  private static void truncate(List<?> list, int size) {
    while (list.size() > size) {
      list.removeLast();
    }
  }
}
