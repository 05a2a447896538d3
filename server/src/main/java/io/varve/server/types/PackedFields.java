package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.bytes.Varint;
import io.varve.server.keyspace.KeyEntry;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The fields of a small hash, in a copy of the entries that lie in its header. A changed field stays
/// where it is unless its expiry changes; a new one comes behind those that do not expire later: last, if
/// it does not expire. Fields whose time has passed must be removed before anything else.
final class PackedFields implements Fields {

  private static final int ROOM_BYTES = 64;

  private byte[] bytes;
  private int length;
  private int count;

  /// Over [#bytes] up to [#length]; made anew when either changes.
  private PackedFieldWalk walk;

  private PackedFields(byte[] bytes, int length, int count) {
    this.bytes = bytes;
    this.length = length;
    this.count = count;
    this.walk = walkAll();
  }

  static PackedFields empty() {
    return new PackedFields(new byte[ROOM_BYTES], 0, 0);
  }

  /// A copy of what a header holds.
  static PackedFields of(Slice payload) {
    ByteCursor cursor = new ByteCursor(payload);
    int count = cursor.readVarintInt();
    int length = (int) cursor.remaining();
    byte[] bytes = new byte[length + ROOM_BYTES];
    Slice entries = cursor.readSlice(length, new Slice());
    entries.copyTo(MemorySegment.ofArray(bytes), 0);
    return new PackedFields(bytes, length, count);
  }

  /// Writes the payload of a header.
  void encode(GrowableBuffer into) {
    into.putVarint(count);
    into.putBytes(MemorySegment.ofArray(bytes), 0, length);
  }

  /// Bytes of all entries.
  int byteSize() {
    return length;
  }

  /// Bytes that a field takes.
  static long entryBytes(Slice field, Slice value, long expiryMillis) {
    return (long) Varint.byteSize(field.length())
        + field.length()
        + Varint.byteSize(valueCode(value, expiryMillis))
        + (expiryMillis == KeyEntry.NO_EXPIRY ? 0 : Long.BYTES)
        + value.length();
  }

  /// A new walk over all fields; valid until the next change.
  PackedFieldWalk walkAll() {
    return new PackedFieldWalk(MemorySegment.ofArray(bytes), 0, length, Long.MIN_VALUE);
  }

  @Override
  public long size() {
    return count;
  }

  @Override
  public boolean find(Slice field) {
    return walk.find(field);
  }

  @Override
  public Slice value() {
    return walk.value();
  }

  @Override
  public long expiryMillis() {
    return walk.expiryMillis();
  }

  @Override
  public boolean put(Slice field, Slice value, long expiryMillis) {
    boolean found = walk.find(field);
    if (found && walk.expiryMillis() != expiryMillis) {
      remove(field);
      put(field, value, expiryMillis);
      return false;
    }
    int at = found ? (int) walk.entryStart() : placeOf(expiryMillis);
    int oldBytes = found ? (int) (walk.entryEnd() - at) : 0;
    int newBytes = Math.toIntExact(entryBytes(field, value, expiryMillis));
    splice(at, oldBytes, newBytes);
    MemorySegment to = MemorySegment.ofArray(bytes);
    long end = Varint.put(to, at, field.length());
    field.copyTo(to, end);
    end = Varint.put(to, end + field.length(), valueCode(value, expiryMillis));
    if (expiryMillis != KeyEntry.NO_EXPIRY) {
      to.set(io.varve.engine.bytes.Layouts.LONG_LE, end, expiryMillis);
      end += Long.BYTES;
    }
    value.copyTo(to, end);
    count += found ? 0 : 1;
    return !found;
  }

  @Override
  public boolean remove(Slice field) {
    if (!walk.find(field)) {
      return false;
    }
    int at = (int) walk.entryStart();
    splice(at, (int) (walk.entryEnd() - at), 0);
    count--;
    return true;
  }

  @Override
  public int removePassed(long nowMillis, int limit) {
    int removed = 0;
    walk.rewind();
    while (walk.advance()) {
      if (walk.expiryMillis() != KeyEntry.NO_EXPIRY && walk.expiryMillis() <= nowMillis) {
        int at = (int) walk.entryStart();
        splice(at, (int) (walk.entryEnd() - at), 0);
        count--;
        removed++;
      }
    }
    return removed;
  }

  @Override
  public long earliestMillis() {
    long earliest = KeyEntry.NO_EXPIRY;
    walk.rewind();
    while (walk.advance()) {
      long expiry = walk.expiryMillis();
      if (expiry != KeyEntry.NO_EXPIRY && (earliest == KeyEntry.NO_EXPIRY || expiry < earliest)) {
        earliest = expiry;
      }
    }
    return earliest;
  }

  /// Where a new entry belongs.
  private int placeOf(long expiryMillis) {
    if (expiryMillis == KeyEntry.NO_EXPIRY) {
      return length;
    }
    walk.rewind();
    while (walk.advance()) {
      if (walk.expiryMillis() == KeyEntry.NO_EXPIRY || walk.expiryMillis() > expiryMillis) {
        return (int) walk.entryStart();
      }
    }
    return length;
  }

  /// Makes room for `newBytes` where `oldBytes` were.
  private void splice(int at, int oldBytes, int newBytes) {
    int newLength = Math.addExact(length - oldBytes, newBytes);
    if (newLength > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(newLength, bytes.length * 2));
    }
    System.arraycopy(bytes, at + oldBytes, bytes, at + newBytes, length - at - oldBytes);
    length = newLength;
    walk = walkAll();
  }

  private static long valueCode(Slice value, long expiryMillis) {
    return (long) value.length() << 1 | (expiryMillis == KeyEntry.NO_EXPIRY ? 0 : 1);
  }
}
