package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.ElementWalk;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.KeyEntry;
import java.util.ArrayList;
import java.util.List;

/// When fields of a spread hash expire, in the order of time: an element for each field that does, beside
/// the elements of the fields.
///
/// ```
/// subkey := 2 (1), expiry millis (8, big-endian), field
/// ```
final class FieldDeadlines {

  /// First byte of a subkey; behind [HashedElements#TAG]. Lies on disk: never renumber.
  private static final int TAG = 2;

  private static final int PREFIX_BYTES = 1 + Long.BYTES;

  private final Elements elements;
  private final GrowableBuffer subkey = GrowableBuffer.onHeap(64);
  private final Slice subkeySlice = new Slice();
  private final Slice nothing = new Slice();

  FieldDeadlines(Elements elements) {
    this.elements = elements;
  }

  void put(Slice field, long expiryMillis) {
    elements.put(subkey(field, expiryMillis), nothing);
  }

  void remove(Slice field, long expiryMillis) {
    elements.remove(subkey(field, expiryMillis));
  }

  /// When the first field expires, or [KeyEntry#NO_EXPIRY].
  long first() {
    try (ElementWalk walk = walk()) {
      return isDeadline(walk) ? millis(walk) : KeyEntry.NO_EXPIRY;
    }
  }

  /// Number of fields whose time has passed.
  long countPassed(long nowMillis) {
    long count = 0;
    try (ElementWalk walk = walk()) {
      while (isDeadline(walk) && millis(walk) <= nowMillis) {
        count++;
        walk.next();
      }
    }
    return count;
  }

  /// Fields whose time has passed, the earliest first.
  List<Slice> passed(long nowMillis, int limit) {
    List<Slice> fields = new ArrayList<>();
    try (ElementWalk walk = walk()) {
      while (fields.size() < limit && isDeadline(walk) && millis(walk) <= nowMillis) {
        Slice key = walk.key();
        fields.add(
            new Slice(key.segment(), key.offset() + PREFIX_BYTES, key.length() - PREFIX_BYTES)
                .copy());
        walk.next();
      }
    }
    return fields;
  }

  private ElementWalk walk() {
    ElementWalk walk = elements.walk();
    walk.seek(subkey(nothing, 0));
    return walk;
  }

  private static boolean isDeadline(ElementWalk walk) {
    return walk.isValid() && walk.key().get(0) == TAG;
  }

  private static long millis(ElementWalk walk) {
    Slice key = walk.key();
    return key.segment().get(Layouts.LONG_BE, key.offset() + 1);
  }

  private Slice subkey(Slice field, long expiryMillis) {
    subkey.clear();
    subkey.putByte(TAG);
    subkey.putLongBigEndian(expiryMillis);
    subkey.putBytes(field);
    return subkey.slice(subkeySlice);
  }
}
