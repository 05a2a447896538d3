package io.varve.engine.batch;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.KeyedHash;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.bytes.Varint;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.key.Lookup;
import java.util.Arrays;

/// Changes that take effect together or not at all, kept in the bytes that go to the log.
///
/// Belongs to one thread at a time, in practice the single writer, and is meant for reuse: after
/// [#clear()] it keeps its memory, so a batch soon allocates nothing. Keys and values are copied as
/// they come. Operations count from 0; operation `i` gets sequence number `baseSequence() + i`.
///
/// [#find(Slice, Slice)] lets a transaction or script read what it wrote itself. Batches are mostly
/// tiny, so it looks through the operations from the newest; a batch that has grown past
/// [#LINEAR_OPERATIONS_MAX] operations when it is asked gets a hash index over them.
public final class WriteBatch {

  /// Bytes an encoded batch must stay below: what the log can frame and a reader hold in one piece.
  public static final int BYTES_LIMIT = 1 << 30;

  /// Up to this many operations are searched one by one.
  static final int LINEAR_OPERATIONS_MAX = 16;

  /// Buffers that one huge batch made large go back on [#clear()].
  private static final int KEPT_BYTES_MAX = 4 << 20;

  private static final int KEPT_OPERATIONS_MAX = 4 << 10;

  private final GrowableBuffer buffer = new GrowableBuffer(4 << 10);
  private final Slice encoded = new Slice();
  private final ByteCursor cursor = new ByteCursor();
  private final Slice visitedKey = new Slice();
  private final Slice visitedValue = new Slice();

  /// Offset in the buffer of every operation, so that a search can go backwards.
  private int[] offsets = new int[LINEAR_OPERATIONS_MAX];

  /// Numbers of the operations that delete a range, ascending; mostly none.
  private int[] rangeDeletes = new int[0];

  private int rangeDeleteCount;

  private int count;
  private long baseSequence;

  /// Open-addressing table of operation number + 1 by [KeyedHash], 0 where empty; holds the newest
  /// operation of each key among the first [#indexed]. Not in use while [#indexed] is 0.
  private int[] index = new int[0];

  private int indexed;

  public WriteBatch() {
    clear();
  }

  /// Adds a put.
  ///
  /// @throws IllegalArgumentException if the key is longer than
  ///     [InternalKey#USER_KEY_BYTES_MAX] bytes or the batch would reach [#BYTES_LIMIT] bytes;
  ///     nothing has changed then
  public void put(Slice key, Slice value) {
    long bytes = 1L + prefixedSize(key.length()) + prefixedSize(value.length());
    checkRoom(key, bytes);
    begin(EntryKind.PUT, key);
    buffer.putLengthPrefixed(value);
  }

  /// Adds a put that counts up to a time.
  ///
  /// @param expiryMillis milliseconds since 1970, positive, from which on the key is gone
  /// @throws IllegalArgumentException as [#put(Slice, Slice)], and for an expiry that is not positive
  public void put(Slice key, Slice value, long expiryMillis) {
    if (expiryMillis <= 0) {
      throw new IllegalArgumentException("an expiry of " + expiryMillis + " ms is impossible");
    }
    int length = Math.addExact(value.length(), Expiry.BYTES);
    checkRoom(key, 1L + prefixedSize(key.length()) + prefixedSize(length));
    begin(EntryKind.PUT_EXPIRING, key);
    buffer.putVarint(length);
    buffer.putLong(expiryMillis);
    buffer.putBytes(value);
  }

  /// Adds a delete.
  ///
  /// @throws IllegalArgumentException as [#put(Slice, Slice)]
  public void delete(Slice key) {
    checkRoom(key, 1L + prefixedSize(key.length()));
    begin(EntryKind.DELETE, key);
  }

  /// Adds a delete of all keys from `start`, inclusive, to `end`, exclusive. What the batch puts there
  /// before goes too; what it puts there after this stays.
  ///
  /// @throws IllegalArgumentException as [#put(Slice, Slice)], and if the start is not before the end:
  ///     a range that holds no key is a mistake, such as bounds that were exchanged
  public void deleteRange(Slice start, Slice end) {
    deleteRange(new KeyRange(start, end));
  }

  /// Adds a delete of all keys of a range.
  ///
  /// @throws IllegalArgumentException as [#put(Slice, Slice)]
  public void deleteRange(KeyRange range) {
    Slice end = KeyRange.encodedEnd(range.end());
    checkRoom(
        range.start(), 1L + prefixedSize(range.start().length()) + prefixedSize(end.length()));
    if (rangeDeleteCount == rangeDeletes.length) {
      rangeDeletes = Arrays.copyOf(rangeDeletes, Math.max(4, rangeDeleteCount * 2));
    }
    rangeDeletes[rangeDeleteCount++] = count;
    begin(EntryKind.RANGE_DELETE, range.start());
    buffer.putLengthPrefixed(end);
  }

  /// Forgets all operations and the base sequence.
  public void clear() {
    if (buffer.size() > KEPT_BYTES_MAX) {
      buffer.clearAndShrink(KEPT_BYTES_MAX);
    } else {
      buffer.clear();
    }
    buffer.putZeros(BatchFormat.HEADER_BYTES);
    count = 0;
    rangeDeleteCount = 0;
    baseSequence = 0;
    indexed = 0;
    if (offsets.length > KEPT_OPERATIONS_MAX) {
      offsets = new int[LINEAR_OPERATIONS_MAX];
      index = new int[0];
      rangeDeletes = new int[0];
    }
  }

  /// Operations added.
  public int count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /// Bytes of the encoding.
  public int byteSize() {
    return buffer.size();
  }

  /// Sets the sequence number of the first operation.
  public void setBaseSequence(long sequence) {
    assert sequence >= 0 && sequence <= InternalKey.SEQUENCE_MAX - count;
    baseSequence = sequence;
  }

  public long baseSequence() {
    return baseSequence;
  }

  /// A point that [#rollback(int)] can go back to.
  public int mark() {
    return count;
  }

  /// Forgets the operations added after a mark.
  public void rollback(int mark) {
    if (mark < 0 || mark > count) {
      throw new IllegalArgumentException("mark " + mark + " in a batch of " + count);
    }
    if (mark < count) {
      buffer.truncate(offsets[mark]);
      count = mark;
      while (rangeDeleteCount > 0 && rangeDeletes[rangeDeleteCount - 1] >= mark) {
        rangeDeleteCount--;
      }
      // The index cannot tell what a forgotten operation stood in for: made anew when next needed.
      indexed = 0;
    }
  }

  /// Shows the operations in their order. The visitor must not change the batch.
  public void visit(BatchVisitor visitor) {
    BatchReader.visit(encoded(), visitor, cursor, visitedKey, visitedValue);
  }

  /// Shows the operations from one on, in their order. The visitor must not change the batch.
  ///
  /// @param operation number of the first one to show
  public void visitFrom(int operation, BatchVisitor visitor) {
    for (int i = operation; i < count; i++) {
      int kind = kindCode(i);
      pointAtKey(i, visitedKey);
      if (kind == EntryKind.DELETE.code()) {
        visitor.delete(visitedKey);
        continue;
      }
      cursor.readLengthPrefixed(visitedValue);
      if (kind == EntryKind.PUT.code()) {
        visitor.put(visitedKey, visitedValue);
      } else if (kind == EntryKind.PUT_EXPIRING.code()) {
        visitor.putExpiring(visitedKey, visitedValue);
      } else {
        visitor.deleteRange(visitedKey, visitedValue.isEmpty() ? KeyRange.END : visitedValue);
      }
    }
  }

  /// The encoding, valid until the batch changes.
  public Slice encoded() {
    buffer.setLong(BatchFormat.BASE_SEQUENCE_OFFSET, baseSequence);
    buffer.setInt(BatchFormat.COUNT_OFFSET, count);
    return buffer.slice(encoded);
  }

  /// Operations that delete a range.
  public int rangeDeleteCount() {
    return rangeDeleteCount;
  }

  /// What this batch does to a key: its newest operation on it.
  ///
  /// @param valueOut pointed at the value if the answer is FOUND, at expiry and value if it is
  ///     FOUND_EXPIRING; valid until the batch changes
  public Lookup find(Slice key, Slice valueOut) {
    int operation = count > LINEAR_OPERATIONS_MAX ? findIndexed(key) : findLinear(key);
    if (rangeDeleteCount > 0 && isRangeDeletedAfter(operation, key)) {
      return Lookup.DELETED;
    }
    if (operation < 0) {
      return Lookup.ABSENT;
    }
    if (kindCode(operation) == EntryKind.DELETE.code()) {
      return Lookup.DELETED;
    }
    pointAtKey(operation, visitedKey);
    cursor.readLengthPrefixed(valueOut);
    return kindCode(operation) == EntryKind.PUT.code() ? Lookup.FOUND : Lookup.FOUND_EXPIRING;
  }

  private static long prefixedSize(int length) {
    return (long) Varint.byteSize(length) + length;
  }

  private void checkRoom(Slice key, long bytes) {
    if (key.length() > InternalKey.USER_KEY_BYTES_MAX) {
      throw new IllegalArgumentException(
          "key of "
              + key.length()
              + " bytes, at most "
              + InternalKey.USER_KEY_BYTES_MAX
              + " allowed");
    }
    if (buffer.size() + bytes >= BYTES_LIMIT) {
      throw new IllegalArgumentException(
          "batch would reach "
              + (buffer.size() + bytes)
              + " bytes, must stay below "
              + BYTES_LIMIT);
    }
  }

  private void begin(EntryKind kind, Slice key) {
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, count * 2);
    }
    offsets[count++] = buffer.size();
    buffer.putByte(kind.code());
    buffer.putLengthPrefixed(key);
  }

  private int kindCode(int operation) {
    return buffer.segment().get(Layouts.BYTE, offsets[operation]);
  }

  /// Points a slice at an operation's key and leaves the cursor behind the key.
  private Slice pointAtKey(int operation, Slice into) {
    int offset = offsets[operation] + 1;
    cursor.set(buffer.segment(), offset, buffer.size() - offset);
    return cursor.readLengthPrefixed(into);
  }

  private boolean isRangeDeletedAfter(int operation, Slice key) {
    for (int i = rangeDeleteCount - 1; i >= 0 && rangeDeletes[i] > operation; i--) {
      if (pointAtKey(rangeDeletes[i], visitedKey).compareTo(key) <= 0) {
        cursor.readLengthPrefixed(visitedValue);
        if (visitedValue.isEmpty() || key.compareTo(visitedValue) < 0) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isRangeDelete(int operation) {
    return rangeDeleteCount > 0 && kindCode(operation) == EntryKind.RANGE_DELETE.code();
  }

  private int findLinear(Slice key) {
    for (int operation = count - 1; operation >= 0; operation--) {
      if (pointAtKey(operation, visitedKey).contentEquals(key) && !isRangeDelete(operation)) {
        return operation;
      }
    }
    return -1;
  }

  private int findIndexed(Slice key) {
    if (indexed < count) {
      extendIndex();
    }
    return index[slotOf(key)] - 1;
  }

  /// The slot that holds a key, or the empty one where it would go.
  private int slotOf(Slice key) {
    int mask = index.length - 1;
    int slot = (int) KeyedHash.hash(key.segment(), key.offset(), key.length()) & mask;
    while (index[slot] != 0 && !pointAtKey(index[slot] - 1, visitedKey).contentEquals(key)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void extendIndex() {
    if (indexed == 0 || count > index.length / 2) {
      int slots = Integer.highestOneBit(count) * 4;
      if (slots > index.length) {
        index = new int[slots];
      } else {
        Arrays.fill(index, 0);
      }
      indexed = 0;
    }
    Slice key = new Slice();
    while (indexed < count) {
      if (!isRangeDelete(indexed)) {
        pointAtKey(indexed, key);
        index[slotOf(key)] = indexed + 1;
      }
      indexed++;
    }
  }
}
