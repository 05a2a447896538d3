package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.bytes.Varint;
import io.varve.engine.error.CorruptionException;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A list whose elements lie in its header. Described in `docs/format/keyspace.md`:
///
/// ```
/// payload := count (varint), count times: length (varint), element
/// ```
///
/// It is taken apart into slices of a copy, changed as such and written anew, which for a kilobyte
/// costs less than being clever.
final class InlineList extends ListValue {

  private final List<Slice> elements;

  private InlineList(Database db, Slice key, @Nullable KeyEntry entry, List<Slice> elements) {
    super(db, key, entry);
    this.elements = elements;
  }

  /// A list that is not stored yet.
  static InlineList create(Database db, Slice key) {
    return new InlineList(db, key, null, new ArrayList<>());
  }

  static InlineList of(Database db, Slice key, KeyEntry entry) {
    Slice payload = entry.payload().copy();
    ByteCursor cursor = new ByteCursor(payload);
    try {
      int count = cursor.readVarintInt();
      ArrayList<Slice> elements = new ArrayList<>(Math.min(count, payload.length()) + 4);
      for (int i = 0; i < count; i++) {
        elements.add(cursor.readLengthPrefixed(new Slice()));
      }
      return new InlineList(db, key, entry, elements);
    } catch (ByteCursor.MalformedException malformed) {
      throw new CorruptionException("keyspace", 0, "a list, but " + malformed.getMessage());
    }
  }

  @Override
  public long length() {
    return elements.size();
  }

  @Override
  public void get(long index, Slice into) {
    into.set(elements.get((int) index));
  }

  @Override
  public ListWalk walk(long index, long count, boolean forward) {
    return new ListWalk() {
      private int at = (int) index;
      private long left = count;

      @Override
      public boolean next() {
        if (left <= 0 || at < 0 || at >= elements.size()) {
          return false;
        }
        left--;
        element.set(elements.get(at));
        at += forward ? 1 : -1;
        return true;
      }
    };
  }

  @Override
  public long push(ListEnd end, List<Slice> added) {
    growing(added);
    if (end == ListEnd.LEFT) {
      elements.addAll(0, added.reversed());
    } else {
      elements.addAll(added);
    }
    store();
    return elements.size();
  }

  @Override
  public void trim(long left, long right) {
    if (left + right >= elements.size()) {
      removeKey();
      return;
    }
    elements.subList(elements.size() - (int) right, elements.size()).clear();
    elements.subList(0, (int) left).clear();
    storeShrunk();
  }

  @Override
  public void set(long index, Slice element) {
    growing(List.of(element));
    elements.set((int) index, element);
    storeShrunk();
  }

  @Override
  public void insert(long index, Slice element) {
    growing(List.of(element));
    elements.add((int) index, element);
    store();
  }

  @Override
  public void remove(long[] indexes, int count) {
    if (count == elements.size()) {
      removeKey();
      return;
    }
    int kept = (int) indexes[0];
    int gap = 0;
    for (int at = kept; at < elements.size(); at++) {
      if (gap < count && indexes[gap] == at) {
        gap++;
      } else {
        elements.set(kept++, elements.get(at));
      }
    }
    elements.subList(kept, elements.size()).clear();
    storeShrunk();
  }

  @Override
  public void rotate(ListEnd from) {
    if (from == ListEnd.LEFT) {
      elements.addLast(elements.removeFirst());
    } else {
      elements.addFirst(elements.removeLast());
    }
    store();
  }

  @Override
  long packedBytes() {
    long bytes = 0;
    for (int i = 0; i < elements.size(); i++) {
      bytes += Listpack.entryBytes(elements.get(i));
    }
    return bytes;
  }

  private void storeShrunk() {
    shrunk(packedBytes(), elements.size());
    store();
  }

  private void store() {
    if (storedBytes() > limits.inlineBytesMax()) {
      SpreadList.store(this, elements);
      return;
    }
    GrowableBuffer value = db.beginValue(ValueType.LIST, encoding(), expiryMillis());
    value.putVarint(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      value.putLengthPrefixed(elements.get(i));
    }
    db.store(key, entry);
  }

  private long storedBytes() {
    long bytes = 0;
    for (int i = 0; i < elements.size(); i++) {
      int length = elements.get(i).length();
      bytes += Varint.byteSize(length) + (long) length;
    }
    return bytes;
  }
}
