package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.ElementWalk;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.ValueType;
import java.util.List;

/// A list with an element of the keyspace for each of its own. Described in `docs/format/keyspace.md`:
///
/// ```
/// payload := count (varint), packed bytes (varint), position of the first element (8)
/// subkey  := position (8, big-endian)
/// value   := element
/// ```
///
/// Positions are numbered without gaps and begin in the middle of all there are, so both ends have
/// room for ever. A push or pop at an end touches one element and the header, an index is a lookup,
/// and trimming is a range delete. Only LINSERT and LREM move elements.
///
/// The packed bytes are what Redis would need to keep the elements in one listpack. They are exact for
/// short lists. Of a long one it is not worth a read to know how much an element took that is
/// trimmed or replaced, so they go down by the average.
final class SpreadList extends ListValue {

  static final long FIRST_POSITION = 1L << 62;

  /// Up to so many elements are looked up one by one; for more a walk is opened.
  private static final int LOOKED_UP_MAX = 8;

  private final Elements elements;
  private final Slice subkey = Slice.of(new byte[Long.BYTES]);
  private final Slice found = new Slice();
  private long head;
  private long count;
  private long packedBytes;

  private SpreadList(
      Database db, Slice key, KeyEntry entry, long head, long count, long packedBytes) {
    super(db, key, entry);
    this.elements = db.elements(entry.objectId());
    this.head = head;
    this.count = count;
    this.packedBytes = packedBytes;
  }

  static SpreadList of(Database db, Slice key, KeyEntry entry) {
    ByteCursor cursor = new ByteCursor(entry.payload());
    try {
      long count = cursor.readVarint();
      long packedBytes = cursor.readVarint();
      return new SpreadList(db, key, entry, cursor.readLong(), count, packedBytes);
    } catch (ByteCursor.MalformedException malformed) {
      throw new CorruptionException("keyspace", 0, "a list, but " + malformed.getMessage());
    }
  }

  /// Stores a list that has become too long for its header.
  ///
  /// @param list what it was, with the encoding that it will have
  /// @param all its elements, in memory that writing does not change
  static void store(InlineList list, List<Slice> all) {
    Database db = list.db;
    long objectId = db.newObjectId();
    Elements elements = db.elements(objectId);
    Slice subkey = Slice.of(new byte[Long.BYTES]);
    for (int i = 0; i < all.size(); i++) {
      elements.put(subkey(subkey, FIRST_POSITION + i), all.get(i));
    }
    GrowableBuffer value =
        db.beginValue(ValueType.LIST, list.encoding(), list.expiryMillis(), objectId);
    putPayload(value, all.size(), list.packedBytes(), FIRST_POSITION);
    db.store(list.key, list.entry);
  }

  @Override
  public long length() {
    return count;
  }

  @Override
  public void get(long index, Slice into) {
    if (!elements.find(subkey(index), into)) {
      throw missing(index);
    }
  }

  @Override
  public ListWalk walk(long index, long most, boolean forward) {
    long available = forward ? count - index : index + 1;
    long steps = Math.clamp(available, 0, Math.max(0, most));
    return steps <= LOOKED_UP_MAX
        ? new Lookups(index, steps, forward)
        : new Walk(index, steps, forward);
  }

  @Override
  public long push(ListEnd end, List<Slice> added) {
    growing(added);
    for (int i = 0; i < added.size(); i++) {
      packedBytes += Listpack.entryBytes(added.get(i));
      if (end == ListEnd.LEFT) {
        head--;
      }
      count++;
      elements.put(subkey(end == ListEnd.LEFT ? 0 : count - 1), added.get(i));
    }
    storeHeader();
    return count;
  }

  @Override
  public void trim(long left, long right) {
    if (left + right >= count) {
      removeKey();
      return;
    }
    cutEnds(left, right, packedBytesOfKept(left, right));
  }

  @Override
  public void pop(ListEnd end, long popped) {
    if (popped >= count) {
      removeKey();
      return;
    }
    long left = end == ListEnd.LEFT ? popped : 0;
    long taken = packedBytesOf(end == ListEnd.LEFT ? 0 : count - popped, popped);
    cutEnds(left, popped - left, Math.max(0, packedBytes - taken));
  }

  private void cutEnds(long left, long right, long packedBytesKept) {
    packedBytes = packedBytesKept;
    cut(0, left);
    cut(count - right, count);
    head += left;
    count -= left + right;
    shrunk(packedBytes, count);
    storeHeader();
  }

  @Override
  public void set(long index, Slice element) {
    growing(List.of(element));
    long old = packedBytes / count;
    if (!limits.isBeyondListpack(Listpack.FRAME_BYTES + packedBytes - old, count)) {
      get(index, found);
      old = Listpack.entryBytes(found);
    }
    packedBytes = Math.max(0, packedBytes - old) + Listpack.entryBytes(element);
    elements.put(subkey(index), element);
    shrunk(packedBytes, count);
    storeHeader();
  }

  @Override
  public void insert(long index, Slice element) {
    growing(List.of(element));
    if (index < count - index) {
      shift(0, index, -1);
      head--;
    } else {
      shift(index, count, 1);
    }
    count++;
    packedBytes += Listpack.entryBytes(element);
    elements.put(subkey(index), element);
    storeHeader();
  }

  @Override
  public void remove(long[] indexes, int gaps) {
    if (gaps == count) {
      removeKey();
      return;
    }
    for (int i = 0; i < gaps; i++) {
      get(indexes[i], found);
      packedBytes = Math.max(0, packedBytes - Listpack.entryBytes(found));
    }
    if (count - indexes[0] < indexes[gaps - 1] + 1) {
      closeGapsToTheLeft(indexes, gaps);
    } else {
      closeGapsToTheRight(indexes, gaps);
      head += gaps;
    }
    count -= gaps;
    shrunk(packedBytes, count);
    storeHeader();
  }

  @Override
  public void rotate(ListEnd from) {
    long last = count - 1;
    boolean fromLeft = from == ListEnd.LEFT;
    get(fromLeft ? 0 : last, found);
    Slice moved = found.copy();
    elements.remove(subkey(fromLeft ? 0 : last));
    head += fromLeft ? 1 : -1;
    elements.put(subkey(fromLeft ? last : 0), moved);
    storeHeader();
  }

  @Override
  long packedBytes() {
    return packedBytes;
  }

  /// What is left beyond a gap moves left.
  private void closeGapsToTheLeft(long[] indexes, int gaps) {
    long from = indexes[0];
    int gap = 0;
    try (ListWalk walk = walk(from, count, true)) {
      for (long at = from; walk.next(); at++) {
        if (gap < gaps && indexes[gap] == at) {
          gap++;
        } else {
          elements.put(subkey(at - gap), walk.element());
        }
      }
    }
    cut(count - gaps, count);
  }

  /// What is left in front of a gap moves right.
  private void closeGapsToTheRight(long[] indexes, int gaps) {
    long from = indexes[gaps - 1];
    int gap = 0;
    try (ListWalk walk = walk(from, count, false)) {
      for (long at = from; walk.next(); at--) {
        if (gap < gaps && indexes[gaps - 1 - gap] == at) {
          gap++;
        } else {
          elements.put(subkey(at + gap), walk.element());
        }
      }
    }
    cut(0, gaps);
  }

  /// Moves the elements of a range of indexes by one position.
  private void shift(long from, long to, int by) {
    boolean forward = by < 0;
    try (ListWalk walk = walk(forward ? from : to - 1, to - from, forward)) {
      for (long at = forward ? from : to - 1; walk.next(); at -= by) {
        elements.put(subkey(at + by), walk.element());
      }
    }
  }

  /// Deletes the elements of a range of indexes.
  private void cut(long from, long to) {
    if (to - from == 1) {
      elements.remove(subkey(from));
    } else if (from < to) {
      elements.removeRange(subkey(from).copy(), subkey(to).copy());
    }
  }

  /// Reads what goes or what stays, whichever is less, if the list may be small enough for the exact
  /// number to matter.
  private long packedBytesOfKept(long left, long right) {
    long removed = left + right;
    long kept = count - removed;
    long average = packedBytes / count;
    long estimate = average * kept;
    if (limits.isBeyondListpack(Listpack.FRAME_BYTES + estimate, kept)) {
      return estimate;
    }
    if (kept <= removed) {
      return packedBytesOf(left, kept);
    }
    return Math.max(0, packedBytes - packedBytesOf(0, left) - packedBytesOf(count - right, right));
  }

  private long packedBytesOf(long index, long length) {
    long bytes = 0;
    try (ListWalk walk = walk(index, length, true)) {
      while (walk.next()) {
        bytes += Listpack.entryBytes(walk.element());
      }
    }
    return bytes;
  }

  private void storeHeader() {
    GrowableBuffer value =
        db.beginValue(ValueType.LIST, encoding(), expiryMillis(), elements.objectId());
    putPayload(value, count, packedBytes, head);
    db.store(key, entry);
  }

  static void putPayload(GrowableBuffer value, long count, long packedBytes, long head) {
    value.putVarint(count);
    value.putVarint(packedBytes);
    value.putLong(head);
  }

  /// The subkey of an index; reused.
  private Slice subkey(long index) {
    return subkey(subkey, head + index);
  }

  static Slice subkey(Slice into, long position) {
    into.segment().set(Layouts.LONG_BE, 0, position);
    return into;
  }

  private CorruptionException missing(long index) {
    return new CorruptionException(
        "keyspace", 0, "a list of " + count + " elements, but none with index " + index);
  }

  /// Looks up element after element.
  private final class Lookups extends ListWalk {
    private final int step;
    private long at;
    private long left;

    private Lookups(long index, long steps, boolean forward) {
      this.at = index;
      this.left = steps;
      this.step = forward ? 1 : -1;
    }

    @Override
    public boolean next() {
      if (left == 0) {
        return false;
      }
      get(at, element);
      at += step;
      left--;
      return true;
    }
  }

  /// Seeks once and walks.
  private final class Walk extends ListWalk {
    private final ElementWalk walk = elements.walk();
    private final boolean forward;

    /// Positions do not follow the head while the list changes.
    private long position;

    private long left;

    private Walk(long index, long steps, boolean forward) {
      this.position = head + index;
      this.left = steps;
      this.forward = forward;
    }

    @Override
    public boolean next() {
      if (left == 0) {
        return false;
      }
      if (!walk.isValid()) {
        seek();
      } else if (forward) {
        walk.next();
      } else {
        walk.prev();
      }
      if (!walk.isValid()
          || walk.key().length() != Long.BYTES
          || walk.key().segment().get(Layouts.LONG_BE, walk.key().offset()) != position) {
        throw missing(position - head);
      }
      element.set(walk.value());
      position += forward ? 1 : -1;
      left--;
      return true;
    }

    private void seek() {
      Slice at = Slice.of(new byte[Long.BYTES]);
      subkey(at, position);
      if (forward) {
        walk.seek(at);
      } else {
        walk.seekForPrev(at);
      }
    }

    @Override
    public void close() {
      walk.close();
    }
  }
}
