package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.keyspace.StringEncoding;
import io.varve.server.keyspace.ValueType;
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
    return checked(db.find(key));
  }

  /// Looks a string up before changing it; null if there is none.
  ///
  /// @throws RefusedException if the key holds something else
  public static @Nullable KeyEntry findForWrite(Database db, Slice key) {
    return checked(db.findForWrite(key));
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

  /// Appends and returns the new length in bytes.
  public static int append(Database db, Slice key, Slice tail) {
    KeyEntry old = findForWrite(db, key);
    if (old == null) {
      checkLength(tail.length());
      db.beginValue(ValueType.STRING, StringEncoding.PLAIN, KeyEntry.NO_EXPIRY).putBytes(tail);
      db.create(key);
      return tail.length();
    }
    int length = checkLength((long) old.payload().length() + tail.length());
    GrowableBuffer value =
        db.beginValue(ValueType.STRING, StringEncoding.GROWN, old.expiryMillis());
    value.putBytes(old.payload());
    value.putBytes(tail);
    db.replace(key, old);
    return length;
  }

  /// Overwrites from an offset on, filling a gap with zeros, and returns the length in bytes.
  ///
  /// @param offset bytes from the start, not negative
  public static int setRange(Database db, Slice key, long offset, Slice part) {
    KeyEntry old = findForWrite(db, key);
    int oldLength = old == null ? 0 : old.payload().length();
    if (part.isEmpty()) {
      return oldLength;
    }
    if (offset > BYTES_MAX) {
      throw tooLong();
    }
    int end = checkLength(offset + part.length());
    long expiry = old == null ? KeyEntry.NO_EXPIRY : old.expiryMillis();
    GrowableBuffer value = db.beginValue(ValueType.STRING, StringEncoding.GROWN, expiry);
    int start = (int) offset;
    if (old != null) {
      value.putBytes(old.payload().segment(), old.payload().offset(), Math.min(oldLength, start));
    }
    if (start > oldLength) {
      value.putZeros(start - oldLength);
    }
    value.putBytes(part);
    if (old != null && end < oldLength) {
      value.putBytes(old.payload().segment(), old.payload().offset() + end, oldLength - end);
    }
    db.store(key, old);
    return Math.max(end, oldLength);
  }

  /// Adds to a number, 0 where there is none, keeping the expiry. Returns the sum.
  public static long increment(Database db, Slice key, long delta) {
    KeyEntry old = findForWrite(db, key);
    long before = 0;
    long expiry = KeyEntry.NO_EXPIRY;
    if (old != null) {
      expiry = old.expiryMillis();
      if (!Decimals.isLong(old.payload())) {
        throw new RefusedException("ERR value is not an integer or out of range");
      }
      before = Decimals.parseLong(old.payload());
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
      before = LongDouble.parse(old.payload());
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
    if (entry.encoding() == StringEncoding.GROWN) {
      return "raw";
    }
    if (entry.encoding() == StringEncoding.PLAIN && Decimals.isLong(bytes)) {
      return "int";
    }
    return bytes.length() <= EMBEDDED_BYTES_MAX ? "embstr" : "raw";
  }

  /// Whether a byte range, with negative positions counted from the end, is empty; if not, it is
  /// pointed at.
  ///
  /// @param start first byte
  /// @param end last byte
  public static boolean findRange(Slice string, long start, long end, Slice into) {
    long length = string.length();
    if (start < 0 && end < 0 && start > end) {
      return false;
    }
    long from = Math.max(0, start < 0 ? length + start : start);
    long to = Math.max(0, end < 0 ? length + end : end);
    to = Math.min(to, length - 1);
    if (from > to || length == 0) {
      return false;
    }
    into.set(string.segment(), string.offset() + from, (int) (to - from + 1));
    return true;
  }

  private static @Nullable KeyEntry checked(@Nullable KeyEntry entry) {
    if (entry != null && entry.type() != ValueType.STRING) {
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
