package io.varve.server.commands;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.ValueType;
import io.varve.server.types.HashView;
import io.varve.server.types.Strings;
import org.jspecify.annotations.Nullable;

/// What SORT looks up for an element: `weight_*`, `object_*->field`, or `#`, the element itself.
///
/// @param before what stands in front of the star, null if there is no star
/// @param after what stands behind it
/// @param field of a hash, null for a string
record SortPattern(boolean isElement, @Nullable Slice before, Slice after, @Nullable Slice field) {

  /// @param text copied
  static SortPattern of(Slice text) {
    Slice pattern = text.copy();
    if (pattern.length() == 1 && pattern.get(0) == '#') {
      return new SortPattern(true, null, new Slice(), null);
    }
    int star = indexOf(pattern, '*', 0);
    if (star < 0) {
      return new SortPattern(false, null, new Slice(), null);
    }
    int arrow = indexOf(pattern, '-', star + 1);
    while (arrow >= 0 && (arrow + 1 >= pattern.length() || pattern.get(arrow + 1) != '>')) {
      arrow = indexOf(pattern, '-', arrow + 1);
    }
    boolean hasField = arrow >= 0 && arrow + 2 < pattern.length();
    int end = hasField ? arrow : pattern.length();
    return new SortPattern(
        false,
        part(pattern, 0, star),
        part(pattern, star + 1, end),
        hasField ? part(pattern, arrow + 2, pattern.length()) : null);
  }

  private static int indexOf(Slice text, char wanted, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.get(i) == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static Slice part(Slice text, int from, int to) {
    return new Slice(text.segment(), text.offset() + from, to - from);
  }

  /// Whether it names the same for all elements, so that there is nothing to sort by.
  boolean isConstant() {
    return before == null;
  }

  /// A copy of what it names for an element, or null.
  @Nullable Slice find(Database db, Slice element) {
    if (isElement) {
      return element;
    }
    Slice start = before;
    if (start == null) {
      return null;
    }
    GrowableBuffer key = GrowableBuffer.onHeap(64);
    key.putBytes(start);
    key.putBytes(element);
    key.putBytes(after);
    return field == null ? findString(db, key.slice()) : findField(db, key.slice(), field);
  }

  private static @Nullable Slice findString(Database db, Slice key) {
    KeyEntry entry = db.find(key);
    return entry == null || entry.type() != ValueType.STRING
        ? null
        : Strings.bytes(db, entry).copy();
  }

  private static @Nullable Slice findField(Database db, Slice key, Slice field) {
    KeyEntry entry = db.find(key);
    HashView hash = entry == null || entry.type() != ValueType.HASH ? null : HashView.find(db, key);
    Slice value = new Slice();
    return hash != null && hash.find(field, value) ? value.copy() : null;
  }
}
