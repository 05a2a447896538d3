package io.varve.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The sorted map that says what is right.
final class ModelStore implements SubjectStore {

  private final Map<Integer, TreeMap<String, Change>> snapshots = new HashMap<>();
  private final TreeMap<String, Change> content = new TreeMap<>();
  private long nowMillis = RealStore.START_MILLIS;

  @Override
  public void write(List<Change> changes) {
    for (Change change : changes) {
      String rangeEnd = change.rangeEnd();
      if (rangeEnd != null) {
        content.subMap(change.key(), rangeEnd).clear();
      } else if (change.value() == null) {
        content.remove(change.key());
      } else {
        content.put(change.key(), change);
      }
    }
  }

  @Override
  public void pass(long millis) {
    nowMillis += millis;
  }

  @Override
  public void takeSnapshot(int name) {
    snapshots.put(name, new TreeMap<>(content));
  }

  @Override
  public void dropSnapshot(int name) {
    snapshots.remove(name);
  }

  @Override
  public String get(int snapshot, String key) {
    Change found = at(snapshot).get(key);
    return found == null || isGone(found) ? "(nil)" : String.valueOf(found.value());
  }

  @Override
  public String scan(int snapshot, String from, String to, int limit) {
    return from.compareTo(to) >= 0 ? "" : text(at(snapshot).subMap(from, true, to, false), limit);
  }

  @Override
  public String scanDescending(int snapshot, String from, String to, int limit) {
    return from.compareTo(to) >= 0
        ? ""
        : text(at(snapshot).subMap(from, true, to, false).descendingMap(), limit);
  }

  @Override
  public void disturb(Disturbance disturbance) {
    switch (disturbance) {
      case REOPEN, POWER_CUT, MOVE_TO_CHECKPOINT -> snapshots.clear();
      case SEAL, FLUSH, MERGE_ALL, AWAIT_QUIET -> {}
    }
  }

  private NavigableMap<String, Change> at(int snapshot) {
    @Nullable NavigableMap<String, Change> kept = snapshots.get(snapshot);
    return kept == null ? content : kept;
  }

  private boolean isGone(Change change) {
    return change.expiryMillis() != 0 && change.expiryMillis() <= nowMillis;
  }

  private String text(NavigableMap<String, Change> range, int limit) {
    StringBuilder text = new StringBuilder();
    int left = limit;
    for (Change change : range.values()) {
      if (!isGone(change) && left-- > 0) {
        text.append(change.key()).append('=').append(change.value()).append(' ');
      }
    }
    return text.toString();
  }
}
