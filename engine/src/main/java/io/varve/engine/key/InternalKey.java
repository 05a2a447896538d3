package io.varve.engine.key;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;

/// The internal key: a user key and a trailer that says which version of it this is.
///
/// ```
/// internal key := user key, trailer(8, big-endian)
/// trailer      := sequence number << 8 | kind code
/// ```
///
/// Order: user keys ascending as unsigned bytes, then trailers *descending*, so that the newest
/// version of a key comes first and a seek to (key, snapshot) lands on the version it may see.
public final class InternalKey {

  /// Bytes behind the user key.
  public static final int TRAILER_BYTES = 8;

  /// Sequence numbers use 56 bits; 2^56 writes at ten million a second last 228 years.
  public static final long SEQUENCE_MAX = (1L << 56) - 1;

  /// Longest user key, in bytes. Longer ones are refused at the roof.
  public static final int USER_KEY_BYTES_MAX = 64 << 10;

  /// The kind code that sorts before all others at the same sequence number.
  private static final int SEEK_CODE = 0xff;

  private InternalKey() {}

  public static long trailer(long sequence, EntryKind kind) {
    return (sequence << 8) | kind.code();
  }

  /// The trailer to seek with: at or before every version that a snapshot at `sequence` may see.
  public static long seekTrailer(long sequence) {
    return (sequence << 8) | SEEK_CODE;
  }

  public static long sequence(long trailer) {
    return trailer >>> 8;
  }

  /// @throws IllegalArgumentException if the code is of no kind
  public static EntryKind kind(long trailer) {
    return EntryKind.ofCode((int) (trailer & 0xff));
  }

  /// The trailer at the end of an encoded internal key.
  public static long trailerOf(Slice internalKey) {
    return internalKey
        .segment()
        .get(Layouts.LONG_BE, internalKey.offset() + internalKey.length() - TRAILER_BYTES);
  }

  /// Points `into` at the user key of an encoded internal key.
  public static Slice userKeyOf(Slice internalKey, Slice into) {
    return into.set(
        internalKey.segment(), internalKey.offset(), internalKey.length() - TRAILER_BYTES);
  }

  /// Appends the encoding.
  public static void encode(Slice userKey, long trailer, GrowableBuffer into) {
    into.putBytes(userKey);
    into.putLongBigEndian(trailer);
  }

  /// Order of two versions given in parts.
  public static int compare(Slice aUserKey, long aTrailer, Slice bUserKey, long bTrailer) {
    int byKey = aUserKey.compareTo(bUserKey);
    return byKey != 0 ? byKey : Long.compareUnsigned(bTrailer, aTrailer);
  }

  /// Order of two encoded internal keys.
  public static int compareEncoded(
      MemorySegment a, long aOffset, int aLength, MemorySegment b, long bOffset, int bLength) {
    int byKey =
        Slice.compare(a, aOffset, aLength - TRAILER_BYTES, b, bOffset, bLength - TRAILER_BYTES);
    if (byKey != 0) {
      return byKey;
    }
    return Long.compareUnsigned(
        b.get(Layouts.LONG_BE, bOffset + bLength - TRAILER_BYTES),
        a.get(Layouts.LONG_BE, aOffset + aLength - TRAILER_BYTES));
  }
}
