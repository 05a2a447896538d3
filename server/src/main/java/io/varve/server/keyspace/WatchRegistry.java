package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Which keys are watched, by whom, and what they were like when the watching began.
///
/// A change of a watched key marks the watcher at once, so an unmarked watcher's keys are still what
/// they were: that lets expiry and FLUSHDB be judged from memory. Owned by the command loop. Bounded
/// by what sessions may queue and watch.
final class WatchRegistry implements KeyChangeListener {

  /// A key in a logical database.
  private record WatchedKey(int logical, Slice key) {}

  /// One watcher's interest in one key.
  private static final class Watch {
    private final Watcher watcher;
    private final WatchedKey key;
    private final long expiryMillis;
    private final boolean present;

    /// It had expired when the watching began; [#removed] says that it is deleted by now as well.
    private final boolean expired;

    private boolean removed;

    private Watch(
        Watcher watcher, WatchedKey key, boolean present, long expiryMillis, boolean expired) {
      this.watcher = watcher;
      this.key = key;
      this.present = present;
      this.expiryMillis = expiryMillis;
      this.expired = expired;
    }
  }

  private final Map<WatchedKey, List<Watch>> byKey = new HashMap<>();
  private final IdentityHashMap<Watcher, List<Watch>> byWatcher = new IdentityHashMap<>();

  @Override
  public boolean isListening() {
    return !byKey.isEmpty();
  }

  /// Starts watching; a second time for the same key changes nothing.
  ///
  /// @param key copied by the caller
  /// @param present whether there is a header, be it expired
  /// @param expiryMillis of the header, or [KeyEntry#NO_EXPIRY]
  /// @param expired whether that had passed already
  void watch(
      int logical,
      Slice key,
      Watcher watcher,
      boolean present,
      long expiryMillis,
      boolean expired) {
    WatchedKey watched = new WatchedKey(logical, key);
    List<Watch> ofKey = byKey.computeIfAbsent(watched, _ -> new ArrayList<>(1));
    for (Watch watch : ofKey) {
      if (isOf(watch, watcher)) {
        return;
      }
    }
    Watch watch = new Watch(watcher, watched, present, expiryMillis, expired);
    ofKey.add(watch);
    byWatcher.computeIfAbsent(watcher, _ -> new ArrayList<>(2)).add(watch);
  }

  @SuppressWarnings("ReferenceEquality") // a watcher is itself and nobody else
  private static boolean isOf(Watch watch, Watcher watcher) {
    return watch.watcher == watcher;
  }

  void unwatch(Watcher watcher) {
    List<Watch> watches = byWatcher.remove(watcher);
    if (watches == null) {
      return;
    }
    for (Watch watch : watches) {
      List<Watch> ofKey = byKey.get(watch.key);
      if (ofKey != null) {
        ofKey.remove(watch);
        if (ofKey.isEmpty()) {
          byKey.remove(watch.key);
        }
      }
    }
  }

  /// Whether a key that lived when the watching began has expired since.
  boolean hasExpired(Watcher watcher, long nowMillis) {
    List<Watch> watches = byWatcher.get(watcher);
    if (watches == null) {
      return false;
    }
    for (Watch watch : watches) {
      if (!watch.expired
          && watch.expiryMillis != KeyEntry.NO_EXPIRY
          && watch.expiryMillis <= nowMillis) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void changed(int logical, Slice key, boolean deleted) {
    List<Watch> ofKey = byKey.get(new WatchedKey(logical, key));
    if (ofKey == null) {
      return;
    }
    for (Watch watch : ofKey) {
      if (watch.expired && deleted && !watch.removed) {
        // It was gone for its watcher before: removing it changes nothing.
        watch.removed = true;
      } else {
        watch.watcher.touched();
      }
    }
  }

  /// Keys that lived in the database have changed.
  @Override
  public void flushed(int logical) {
    touchAll(logical, false);
  }

  /// Keys watched as missing count as changed too: whether the other database holds them is not looked
  /// up here, and a transaction that is refused without need is repeated by its client.
  @Override
  public void swapped(int logical) {
    touchAll(logical, true);
  }

  private void touchAll(int logical, boolean missingToo) {
    for (List<Watch> ofKey : byKey.values()) {
      for (Watch watch : ofKey) {
        boolean lived = watch.present && !watch.expired;
        if (watch.key.logical == logical && (lived || missingToo)) {
          watch.watcher.touched();
        }
      }
    }
  }
}
