package io.varve.engine.key;

import io.varve.engine.bytes.Slice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The keys from a start, inclusive, to an end, exclusive. Never empty.
///
/// "To the last key there is" is an end like any other to everybody who compares: [#END], a run of
/// 0xff bytes one longer than a key may be, which is greater than every key. On disk it is an empty
/// end, since nothing lies before the empty key ([#encodedEnd(Slice)]).
///
/// @param start first key of the range, if it exists
/// @param end first key behind the range
public record KeyRange(Slice start, Slice end) {

  /// Behind all keys. Shared: nobody may point it elsewhere.
  public static final Slice END = behindAllKeys();

  private static final Slice NO_BYTES = new Slice();

  /// @throws IllegalArgumentException if the start is not before the end, or a bound is longer than a
  ///     key
  public KeyRange {
    if (start.compareTo(end) >= 0) {
      throw new IllegalArgumentException(
          "a range from " + start + " to " + describeEnd(end) + " holds no key");
    }
    if (start.length() > InternalKey.USER_KEY_BYTES_MAX
        || (end.length() > InternalKey.USER_KEY_BYTES_MAX && !isEndless(end))) {
      throw new IllegalArgumentException(
          "bounds of "
              + start.length()
              + " and "
              + end.length()
              + " bytes, at most "
              + InternalKey.USER_KEY_BYTES_MAX
              + " allowed");
    }
  }

  /// All keys that begin with some bytes; all keys there can be if there are none.
  public static KeyRange ofPrefix(Slice prefix) {
    int length = prefix.length();
    while (length > 0 && prefix.getUnsigned(length - 1) == 0xff) {
      length--;
    }
    if (length == 0) {
      // Nothing that begins otherwise comes behind a prefix of 0xff only.
      return new KeyRange(prefix.copy(), END);
    }
    byte[] end = new Slice(prefix.segment(), prefix.offset(), length).toByteArray();
    end[length - 1]++;
    return new KeyRange(prefix.copy(), Slice.of(end));
  }

  /// All keys from one on.
  public static KeyRange from(Slice start) {
    return new KeyRange(start, END);
  }

  /// Whether an end stands behind all keys.
  public static boolean isEndless(Slice end) {
    return end.length() > InternalKey.USER_KEY_BYTES_MAX && end.contentEquals(END);
  }

  /// How an end is written to disk.
  public static Slice encodedEnd(Slice end) {
    return end.length() > InternalKey.USER_KEY_BYTES_MAX ? NO_BYTES : end;
  }

  /// The end that was written as some bytes.
  public static Slice decodedEnd(Slice encoded) {
    return encoded.isEmpty() ? END : encoded;
  }

  /// An end as text for people.
  public static String describeEnd(Slice end) {
    return end.length() > InternalKey.USER_KEY_BYTES_MAX ? "the last key" : end.toString();
  }

  public boolean contains(Slice key) {
    return start.compareTo(key) <= 0 && key.compareTo(end) < 0;
  }

  @Override
  public String toString() {
    return "[" + start + ", " + describeEnd(end) + ")";
  }

  private static Slice behindAllKeys() {
    int length = InternalKey.USER_KEY_BYTES_MAX + 1;
    MemorySegment bytes = Arena.global().allocate(length);
    bytes.fill((byte) 0xff);
    return new Slice(bytes, 0, length);
  }
}
