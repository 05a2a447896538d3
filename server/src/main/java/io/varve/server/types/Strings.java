package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.keyspace.StringEncoding;
import io.varve.server.keyspace.ValueType;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Operations on strings.
///
/// Entries that are handed out belong to the database and are valid until its next lookup. Stateless.
public final class Strings {

  /// Longest string, in bytes: `proto-max-bulk-len`.
  public static final int BYTES_MAX = 512 << 20;

  /// Longest string that Redis keeps in one piece with its header.
  private static final int EMBEDDED_BYTES_MAX = 44;

  private Strings() {}

  /// Looks a string up for reading; null if there is none.
  ///
  /// @throws RefusedException if the key holds something else
  public static @Nullable KeyEntry find(Database db, Slice key) {
    KeyEntry entry = db.find(key);
    return entry == null ? null : checked(entry);
  }

  /// Looks a string up before changing it; null if there is none.
  ///
  /// @throws RefusedException if the key holds something else
  public static @Nullable KeyEntry findForWrite(Database db, Slice key) {
    KeyEntry entry = db.findForWrite(key);
    return entry == null ? null : checked(entry);
  }

  /// Stores a string, whatever the key held, without looking.
  ///
  /// @param expiryMillis milliseconds since the epoch, or [KeyEntry#NO_EXPIRY]
  public static void set(Database db, Slice key, Slice value, long expiryMillis) {
    if (hasPassed(db, expiryMillis)) {
      KeyEntry old = db.findForWrite(key);
      if (old != null) {
        db.remove(key, old);
      }
      return;
    }
    db.beginValue(ValueType.STRING, StringEncoding.PLAIN, expiryMillis).putBytes(value);
    db.overwrite(key);
  }

  /// Stores a string under a key that was looked up by [Database#findForWrite].
  ///
  /// @param old what was found, of any type; null if nothing was
  public static void set(
      Database db, Slice key, @Nullable KeyEntry old, Slice value, long expiryMillis) {
    if (hasPassed(db, expiryMillis)) {
      if (old != null) {
        db.remove(key, old);
      }
      return;
    }
    db.beginValue(ValueType.STRING, StringEncoding.PLAIN, expiryMillis).putBytes(value);
    db.store(key, old);
  }

  /// Stores a string that was computed of others, without an expiry: always `raw` for OBJECT ENCODING.
  ///
  /// @param old what was found by [Database#findForWrite], of any type; null if nothing was
  public static void setGrown(Database db, Slice key, @Nullable KeyEntry old, Slice value) {
    checkLength(value.length());
    db.beginValue(ValueType.STRING, StringEncoding.GROWN, KeyEntry.NO_EXPIRY).putBytes(value);
    db.store(key, old);
  }

  /// As [#setGrown], but what the key had of an expiry stays.
  public static void setComputed(Database db, Slice key, @Nullable KeyEntry old, Slice value) {
    checkLength(value.length());
    db.beginValue(ValueType.STRING, StringEncoding.GROWN, expiryOf(old)).putBytes(value);
    db.store(key, old);
  }

  /// Is this a string that commands changed in place, for which OBJECT ENCODING always says `raw`?
  public static boolean isGrown(@Nullable KeyEntry entry) {
    return entry != null && (entry.encoding() == StringEncoding.GROWN || entry.isSpread());
  }

  /// Stores a string's own bytes again as those of one that was changed in place.
  ///
  /// @return what is found now
  public static @Nullable KeyEntry makeGrown(Database db, Slice key, KeyEntry old) {
    setComputed(db, key, old, old.payload());
    return findForWrite(db, key);
  }

  /// Bytes of a string.
  public static int length(KeyEntry entry) {
    return entry.isSpread() ? ChunkedString.length(entry) : entry.payload().length();
  }

  /// A string as a whole; of one in chunks a copy.
  ///
  /// @return valid as long as the entry's payload is
  public static Slice bytes(Database db, KeyEntry entry) {
    return entry.isSpread() ? part(db, entry, 0, length(entry)) : entry.payload();
  }

  /// A part of a string; of one in chunks a copy, for which only the chunks that hold it are read.
  ///
  /// @param from first byte
  /// @param length bytes; the part must not reach over the end
  /// @return valid as long as the entry's payload is
  public static Slice part(Database db, KeyEntry entry, long from, int length) {
    if (!entry.isSpread()) {
      return new Slice(entry.payload().segment(), entry.payload().offset() + from, length);
    }
    MemorySegment copy = MemorySegment.ofArray(new byte[length]);
    new ChunkedString(db.elements(entry.objectId())).read(from, copy);
    return new Slice(copy, 0, length);
  }

  /// Appends and returns the new length in bytes.
  public static int append(Database db, Slice key, Slice tail) {
    KeyEntry old = findForWrite(db, key);
    if (old == null) {
      checkLength(tail.length());
      db.beginValue(ValueType.STRING, StringEncoding.PLAIN, KeyEntry.NO_EXPIRY).putBytes(tail);
      db.create(key);
      return tail.length();
    }
    int oldLength = length(old);
    int length = checkLength((long) oldLength + tail.length());
    write(db, key, old, oldLength, tail);
    return length;
  }

  /// Overwrites from an offset on, filling a gap with zeros, and returns the length in bytes.
  ///
  /// @param offset bytes from the start, not negative
  public static int setRange(Database db, Slice key, long offset, Slice part) {
    KeyEntry old = findForWrite(db, key);
    int oldLength = old == null ? 0 : length(old);
    if (part.isEmpty()) {
      return oldLength;
    }
    if (offset > BYTES_MAX) {
      throw tooLong();
    }
    checkLength(offset + part.length());
    write(db, key, old, (int) offset, part);
    return Math.max((int) offset + part.length(), oldLength);
  }

  /// Overwrites a part of a string that was looked up by [Database#findForWrite], or begins one.
  ///
  /// @param start where the part begins; what lies between the end of the string and it becomes zeros
  static void write(Database db, Slice key, @Nullable KeyEntry old, int start, Slice part) {
    int oldLength = old == null ? 0 : length(old);
    int length = Math.max(oldLength, start + part.length());
    if (length > ChunkedString.WHOLE_BYTES_MAX || (old != null && old.isSpread())) {
      writeChunks(db, key, old, start, part, length);
      return;
    }
    GrowableBuffer value = db.beginValue(ValueType.STRING, StringEncoding.GROWN, expiryOf(old));
    if (old != null) {
      value.putBytes(old.payload().segment(), old.payload().offset(), Math.min(oldLength, start));
    }
    if (start > oldLength) {
      value.putZeros(start - oldLength);
    }
    value.putBytes(part);
    int end = start + part.length();
    if (old != null && end < oldLength) {
      value.putBytes(old.payload().segment(), old.payload().offset() + end, oldLength - end);
    }
    db.store(key, old);
  }

  private static void writeChunks(
      Database db, Slice key, @Nullable KeyEntry old, int start, Slice part, int length) {
    if (old != null && old.isSpread()) {
      new ChunkedString(db.elements(old.objectId())).write(start, part);
      if (length == length(old)) {
        db.touch(key);
        return;
      }
    }
    long objectId = old != null && old.isSpread() ? old.objectId() : db.newObjectId();
    ChunkedString.putHeader(
        db.beginValue(ValueType.STRING, StringEncoding.CHUNKED, expiryOf(old), objectId), length);
    if (old == null || !old.isSpread()) {
      ChunkedString chunks = new ChunkedString(db.elements(objectId));
      if (old != null) {
        // A copy: the payload may lie in the batch, which grows now.
        chunks.write(0, old.payload().copy());
      }
      chunks.write(start, part);
    }
    db.store(key, old);
  }

  private static long expiryOf(@Nullable KeyEntry old) {
    return old == null ? KeyEntry.NO_EXPIRY : old.expiryMillis();
  }

  /// Adds to a number, 0 where there is none, keeping the expiry. Returns the sum.
  public static long increment(Database db, Slice key, long delta) {
    KeyEntry old = findForWrite(db, key);
    long before = 0;
    long expiry = KeyEntry.NO_EXPIRY;
    if (old != null) {
      expiry = old.expiryMillis();
      Slice text = bytes(db, old);
      if (!Decimals.isLong(text)) {
        throw new RefusedException("ERR value is not an integer or out of range");
      }
      before = Decimals.parseLong(text);
    }
    long sum = before + delta;
    if (((before ^ sum) & (delta ^ sum)) < 0) {
      throw new RefusedException("ERR increment or decrement would overflow");
    }
    Decimals.append(sum, db.beginValue(ValueType.STRING, StringEncoding.PLAIN, expiry));
    db.store(key, old);
    return sum;
  }

  /// Adds to a number with a fraction, 0 where there is none, keeping the expiry.
  ///
  /// @param delta as [LongDouble#parse(Slice)] gives it
  /// @return the sum as it was stored, in ASCII
  public static byte[] increment(Database db, Slice key, BigDecimal delta) {
    KeyEntry old = findForWrite(db, key);
    BigDecimal before = BigDecimal.ZERO;
    long expiry = KeyEntry.NO_EXPIRY;
    if (old != null) {
      expiry = old.expiryMillis();
      before = LongDouble.parse(bytes(db, old));
    }
    BigDecimal sum = LongDouble.sum(before, delta);
    byte[] text = LongDouble.format(sum).getBytes(StandardCharsets.US_ASCII);
    db.beginValue(ValueType.STRING, StringEncoding.TEXT, expiry).putBytes(text);
    db.store(key, old);
    return text;
  }

  /// What OBJECT ENCODING says of a string.
  public static String encodingName(KeyEntry entry) {
    Slice bytes = entry.payload();
    if (isGrown(entry)) {
      return "raw";
    }
    if (entry.encoding() == StringEncoding.PLAIN && Decimals.isLong(bytes)) {
      return "int";
    }
    return bytes.length() <= EMBEDDED_BYTES_MAX ? "embstr" : "raw";
  }

  /// The bytes from one position to another, both included, with negative ones counted from the end;
  /// empty if there are none.
  public static Slice range(Database db, KeyEntry entry, long start, long end) {
    long length = length(entry);
    if (start < 0 && end < 0 && start > end) {
      return new Slice();
    }
    long from = Math.max(0, start < 0 ? length + start : start);
    long to = Math.max(0, end < 0 ? length + end : end);
    to = Math.min(to, length - 1);
    return from > to || length == 0 ? new Slice() : part(db, entry, from, (int) (to - from + 1));
  }

  /// The entry itself.
  ///
  /// @throws RefusedException if it is no string
  public static KeyEntry checked(KeyEntry entry) {
    if (entry.type() != ValueType.STRING) {
      throw RefusedException.wrongType();
    }
    return entry;
  }

  private static boolean hasPassed(Database db, long expiryMillis) {
    return expiryMillis != KeyEntry.NO_EXPIRY && expiryMillis <= db.nowMillis();
  }

  private static int checkLength(long length) {
    if (length > BYTES_MAX) {
      throw tooLong();
    }
    return (int) length;
  }

  private static RefusedException tooLong() {
    return new RefusedException("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  }
}
