package io.varve.server.pubsub;

import io.varve.engine.bytes.Slice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which keys have been read by whom since they were changed last, the oldest first. Command loop only.
///
/// By far most keys are read by one client: it stands for itself, a set is made for the second.
final class TrackedKeys {

  private final Map<Slice, Object> readers = new LinkedHashMap<>();
  private volatile int keyCount;
  private volatile long readerCount;

  /// Somebody has read a key.
  ///
  /// @param key copied if it is new
  @SuppressWarnings({"NonAtomicVolatileUpdate", "ReferenceEquality"}) // one writer; identity
  void add(Slice key, TrackingClient reader) {
    Object known = readers.get(key);
    if (known == reader) {
      return;
    }
    if (known == null) {
      readers.put(key.copy(), reader);
      keyCount++;
      readerCount++;
    } else if (known instanceof TrackingClient other) {
      Set<Object> both = new LinkedHashSet<>(4);
      both.add(other);
      both.add(reader);
      readers.put(key, both);
      readerCount++;
    } else if (known instanceof Set<?> several && addTo(several, reader)) {
      readerCount++;
    }
  }

  @SuppressWarnings("unchecked") // only sets of readers are put in
  private static boolean addTo(Set<?> several, TrackingClient reader) {
    return ((Set<Object>) several).add(reader);
  }

  /// Forgets a key and says who has read it.
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  List<TrackingClient> remove(Slice key) {
    Object known = readers.remove(key);
    if (known == null) {
      return List.of();
    }
    List<TrackingClient> list = new ArrayList<>(1);
    if (known instanceof Set<?> several) {
      for (Object one : several) {
        list.add((TrackingClient) one);
      }
    } else {
      list.add((TrackingClient) known);
    }
    keyCount--;
    readerCount -= list.size();
    return list;
  }

  /// The key that was added first, or null.
  @Nullable Slice findOldest() {
    return readers.isEmpty() ? null : readers.keySet().iterator().next();
  }

  void clear() {
    readers.clear();
    keyCount = 0;
    readerCount = 0;
  }

  /// Any thread.
  int keyCount() {
    return keyCount;
  }

  /// Pairs of a key and one who has read it. Any thread.
  long readerCount() {
    return readerCount;
  }
}
