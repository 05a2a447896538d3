package io.varve.server.types;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// An element of a sorted set in the form in which bytes order as the set does:
///
/// ```
/// rank key := order of the score (8, big-endian), member
/// ```
///
/// The order of a score is its IEEE 754 bits with the sign flipped, of negative numbers with all bits
/// flipped. Minus zero is kept as zero. A *position* is any byte string between rank keys: an element is
/// behind it if its rank key is not less. So bounds, open or closed, are positions. Stateless.
public final class RankKey {

  static final int SCORE_BYTES = Long.BYTES;

  /// In front of every element.
  public static final Slice START = new Slice();

  /// Behind every element.
  public static final Slice END = end();

  private RankKey() {}

  public static Slice of(double score, Slice member) {
    byte[] bytes = new byte[SCORE_BYTES + member.length()];
    MemorySegment segment = MemorySegment.ofArray(bytes);
    segment.set(Layouts.LONG_BE, 0, order(score));
    member.copyTo(segment, SCORE_BYTES);
    return new Slice(segment, 0, bytes.length);
  }

  /// The position in front of all elements with a score.
  public static Slice before(double score) {
    return ofOrder(order(score));
  }

  /// The position behind all elements with a score.
  public static Slice behind(double score) {
    return ofOrder(order(score) + 1);
  }

  /// The position behind one element.
  public static Slice behind(double score, Slice member) {
    byte[] bytes =
        Arrays.copyOf(of(score, member).toByteArray(), SCORE_BYTES + member.length() + 1);
    return Slice.of(bytes);
  }

  public static double score(Slice rankKey) {
    long order = rankKey.segment().get(Layouts.LONG_BE, rankKey.offset());
    return Double.longBitsToDouble(order < 0 ? order ^ Long.MIN_VALUE : ~order);
  }

  /// The member, seen in the memory of the rank key.
  public static Slice member(Slice rankKey) {
    return member(rankKey, new Slice());
  }

  public static Slice member(Slice rankKey, Slice into) {
    return into.set(
        rankKey.segment(), rankKey.offset() + SCORE_BYTES, rankKey.length() - SCORE_BYTES);
  }

  private static long order(double score) {
    long bits = Double.doubleToRawLongBits(score + 0.0);
    return bits ^ ((bits >> 63) | Long.MIN_VALUE);
  }

  private static Slice ofOrder(long order) {
    byte[] bytes = new byte[SCORE_BYTES];
    MemorySegment.ofArray(bytes).set(Layouts.LONG_BE, 0, order);
    return Slice.of(bytes);
  }

  private static Slice end() {
    byte[] bytes = new byte[SCORE_BYTES + 1];
    Arrays.fill(bytes, (byte) 0xff);
    return Slice.of(bytes);
  }
}
