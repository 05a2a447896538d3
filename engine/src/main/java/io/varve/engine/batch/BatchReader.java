package io.varve.engine.batch;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.ByteCursor.MalformedException;
import io.varve.engine.bytes.Slice;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;

/// Reads encoded batches, as recovery finds them in the log. The grammar stands in [BatchFormat].
///
/// Trusts nothing: every length, code and count is checked, and a batch must end where its bytes
/// end. Stateless, so safe from any thread.
public final class BatchReader {

  private BatchReader() {}

  /// Shows a visitor the operations of a batch in their order.
  ///
  /// @throws MalformedException if the bytes are not a batch. The visitor may have seen operations
  ///     before the damage came to light: the caller throws away what it built from them.
  public static void read(Slice encoded, BatchVisitor visitor) {
    visit(encoded, visitor, new ByteCursor(), new Slice(), new Slice());
  }

  /// Sequence number of the first operation.
  ///
  /// @throws MalformedException if the bytes are too short to be a batch or the numbers of the
  ///     operations would leave the range of sequence numbers
  public static long baseSequence(Slice encoded) {
    ByteCursor cursor = new ByteCursor(encoded);
    long base = cursor.readLong();
    checkSequences(base, Integer.toUnsignedLong(cursor.readInt()));
    return base;
  }

  /// Number of operations that the batch says it has.
  ///
  /// @throws MalformedException if the bytes are too short to be a batch or to hold that many
  public static int count(Slice encoded) {
    ByteCursor cursor = new ByteCursor(encoded);
    cursor.skip(BatchFormat.COUNT_OFFSET);
    return checkCount(Integer.toUnsignedLong(cursor.readInt()), cursor.remaining());
  }

  /// [#read(Slice, BatchVisitor)] with the caller's cursor and slices, for who reads often.
  static void visit(
      Slice encoded, BatchVisitor visitor, ByteCursor cursor, Slice key, Slice value) {
    cursor.set(encoded);
    long base = cursor.readLong();
    long claimed = Integer.toUnsignedLong(cursor.readInt());
    checkSequences(base, claimed);
    int count = checkCount(claimed, cursor.remaining());
    for (int i = 0; i < count; i++) {
      int code = cursor.readByte();
      readKey(cursor, key);
      if (code == EntryKind.PUT.code()) {
        cursor.readLengthPrefixed(value);
        visitor.put(key, value);
      } else if (code == EntryKind.PUT_EXPIRING.code()) {
        cursor.readLengthPrefixed(value);
        checkExpiry(value);
        visitor.putExpiring(key, value);
      } else if (code == EntryKind.DELETE.code()) {
        visitor.delete(key);
      } else if (code == EntryKind.RANGE_DELETE.code()) {
        cursor.readLengthPrefixed(value);
        visitor.deleteRange(key, checkedEnd(key, value, i, count));
      } else {
        throw new MalformedException(
            "operation " + i + " of " + count + " has kind code " + code + ", which is unknown");
      }
    }
    if (cursor.hasRemaining()) {
      throw new MalformedException(
          cursor.remaining() + " bytes follow the last of " + count + " operations");
    }
  }

  private static void checkExpiry(Slice expiring) {
    try {
      Expiry.millis(expiring);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()));
    }
  }

  private static Slice checkedEnd(Slice start, Slice encodedEnd, int operation, int count) {
    if (encodedEnd.isEmpty()) {
      return KeyRange.END;
    }
    if (encodedEnd.length() > InternalKey.USER_KEY_BYTES_MAX || start.compareTo(encodedEnd) >= 0) {
      throw new MalformedException(
          "operation " + operation + " of " + count + " deletes a range that holds no key");
    }
    return encodedEnd;
  }

  private static void readKey(ByteCursor cursor, Slice into) {
    int length = cursor.readVarintInt();
    if (length > InternalKey.USER_KEY_BYTES_MAX) {
      throw new MalformedException(
          "key of " + length + " bytes, at most " + InternalKey.USER_KEY_BYTES_MAX + " allowed");
    }
    cursor.readSlice(length, into);
  }

  /// The smallest operation takes two bytes, so that a damaged count shows before any work is done.
  private static int checkCount(long count, long bytes) {
    if (count > bytes / 2) {
      throw new MalformedException(count + " operations cannot lie in " + bytes + " bytes");
    }
    return (int) count;
  }

  private static void checkSequences(long base, long count) {
    if (base < 0 || base > InternalKey.SEQUENCE_MAX - count) {
      throw new MalformedException(
          "sequence numbers from "
              + Long.toUnsignedString(base)
              + " on, "
              + count
              + " of them, are out of range");
    }
  }
}
