package io.varve.server.keyspace;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A decoded header: what a key holds, without copying it.
///
/// Reused from lookup to lookup. The payload points into a block, a memtable or the batch and stays
/// valid until the access ends or the batch changes.
public final class KeyEntry {

  /// [#expiryMillis()] of a key that does not expire. Expiries on disk are always positive.
  public static final long NO_EXPIRY = 0;

  /// [#objectId()] of a key whose value is its header alone. Ids on disk are always positive.
  public static final long NO_OBJECT = 0;

  private final Slice payload = new Slice();
  private ValueType type = ValueType.STRING;
  private int encoding;
  private long expiryMillis;
  private long objectId;
  private long innerDeadlineMillis;

  public ValueType type() {
    return type;
  }

  /// A code of the type, such as [StringEncoding].
  public int encoding() {
    return encoding;
  }

  /// Milliseconds since the epoch, or [#NO_EXPIRY].
  public long expiryMillis() {
    return expiryMillis;
  }

  public boolean expires() {
    return expiryMillis != NO_EXPIRY;
  }

  public boolean isExpiredAt(long nowMillis) {
    return expiryMillis != NO_EXPIRY && expiryMillis <= nowMillis;
  }

  /// Names the [Elements] over which the value is spread, or [#NO_OBJECT].
  public long objectId() {
    return objectId;
  }

  public boolean isSpread() {
    return objectId != NO_OBJECT;
  }

  /// When the first part of the value expires while the rest stays, in milliseconds since the epoch; or
  /// [#NO_EXPIRY].
  public long innerDeadlineMillis() {
    return innerDeadlineMillis;
  }

  /// Whether a part of the value has expired and still lies there.
  public boolean hasPassedPartsAt(long nowMillis) {
    return innerDeadlineMillis != NO_EXPIRY && innerDeadlineMillis <= nowMillis;
  }

  /// What follows the header: of a string its bytes.
  public Slice payload() {
    return payload;
  }

  /// Bytes of the header value on disk.
  public int storedBytes() {
    return KeyspaceFormat.HEADER_BYTES
        + (expires() ? Long.BYTES : 0)
        + (isSpread() ? Long.BYTES : 0)
        + (innerDeadlineMillis == NO_EXPIRY ? 0 : Long.BYTES)
        + payload.length();
  }

  /// Reads a header value.
  ///
  /// @throws CorruptionException if the bytes are no header of this format
  void decode(Slice value) {
    MemorySegment segment = value.segment();
    long offset = value.offset();
    int length = value.length();
    if (length < KeyspaceFormat.HEADER_BYTES) {
      throw malformed("a header of " + length + " bytes");
    }
    int typeCode = segment.get(Layouts.BYTE, offset) & 0xff;
    ValueType found = ValueType.findByCode(typeCode);
    int flags = segment.get(Layouts.BYTE, offset + KeyspaceFormat.FLAGS_OFFSET) & 0xff;
    if (found == null || (flags & ~KeyspaceFormat.FLAGS_KNOWN) != 0) {
      throw malformed("a header of type code " + typeCode + " with flags " + flags);
    }
    type = found;
    encoding = segment.get(Layouts.BYTE, offset + KeyspaceFormat.ENCODING_OFFSET) & 0xff;
    int at = KeyspaceFormat.HEADER_BYTES;
    if (length < at + Long.BYTES * Integer.bitCount(flags)) {
      throw malformed("a header of " + length + " bytes with flags " + flags);
    }
    expiryMillis = NO_EXPIRY;
    objectId = NO_OBJECT;
    innerDeadlineMillis = NO_EXPIRY;
    if (flags != 0) {
      if ((flags & KeyspaceFormat.FLAG_EXPIRY) != 0) {
        expiryMillis = segment.get(Layouts.LONG_LE, offset + at);
        at += Long.BYTES;
      }
      if ((flags & KeyspaceFormat.FLAG_OBJECT) != 0) {
        objectId = segment.get(Layouts.LONG_LE, offset + at);
        at += Long.BYTES;
      }
      if ((flags & KeyspaceFormat.FLAG_INNER_DEADLINE) != 0) {
        innerDeadlineMillis = segment.get(Layouts.LONG_LE, offset + at);
        at += Long.BYTES;
      }
    }
    payload.set(segment, offset + at, length - at);
  }

  /// The deadline in a header value, without decoding the rest; [#NO_EXPIRY] if there is none.
  static long expiryMillisOf(Slice value) {
    if (value.length() < KeyspaceFormat.HEADER_BYTES + Long.BYTES
        || (value.get(KeyspaceFormat.FLAGS_OFFSET) & KeyspaceFormat.FLAG_EXPIRY) == 0) {
      return NO_EXPIRY;
    }
    return value.segment().get(Layouts.LONG_LE, value.offset() + KeyspaceFormat.HEADER_BYTES);
  }

  /// The object id in a header value, without decoding the rest; [#NO_OBJECT] if there is none.
  static long objectIdOf(Slice value) {
    if (value.length() < KeyspaceFormat.HEADER_BYTES + Long.BYTES) {
      return NO_OBJECT;
    }
    int flags = value.get(KeyspaceFormat.FLAGS_OFFSET);
    if ((flags & KeyspaceFormat.FLAG_OBJECT) == 0) {
      return NO_OBJECT;
    }
    int at =
        KeyspaceFormat.HEADER_BYTES + ((flags & KeyspaceFormat.FLAG_EXPIRY) == 0 ? 0 : Long.BYTES);
    return value.segment().get(Layouts.LONG_LE, value.offset() + at);
  }

  /// The inner deadline in a header value, without decoding the rest; [#NO_EXPIRY] if there is none.
  static long innerDeadlineMillisOf(Slice value) {
    if (value.length() < KeyspaceFormat.HEADER_BYTES + Long.BYTES) {
      return NO_EXPIRY;
    }
    int flags = value.get(KeyspaceFormat.FLAGS_OFFSET);
    if ((flags & KeyspaceFormat.FLAG_INNER_DEADLINE) == 0) {
      return NO_EXPIRY;
    }
    int before = flags & (KeyspaceFormat.FLAG_INNER_DEADLINE - 1);
    int at = KeyspaceFormat.HEADER_BYTES + Long.BYTES * Integer.bitCount(before);
    return value.segment().get(Layouts.LONG_LE, value.offset() + at);
  }

  /// The type in a header value, or null if the code is unknown.
  static @Nullable ValueType findTypeOf(Slice value) {
    return value.isEmpty() ? null : ValueType.findByCode(value.getUnsigned(0));
  }

  private static CorruptionException malformed(String found) {
    return new CorruptionException("keyspace", 0, "expected a header, found " + found);
  }
}
