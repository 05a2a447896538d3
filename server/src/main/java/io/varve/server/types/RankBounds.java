package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;

/// Between which positions all elements of a sorted set lie.
///
/// Whoever takes elements from an end again and again, as from a queue, leaves tombstones there, which
/// every walk from that end would step over until a merge has dropped them. So the header tells where
/// elements begin and end. The bounds hold, but need not be near: they are cut to [#BYTES_MAX].
final class RankBounds {

  /// Longest bound: what it holds more of a member would be written with each change of the set.
  private static final int BYTES_MAX = 64;

  private Slice low = RankKey.START;
  private Slice high = RankKey.END;

  /// The position from which on there are elements.
  Slice low() {
    return low;
  }

  /// The position in front of which all elements are.
  Slice high() {
    return high;
  }

  /// Where a walk forward from a position may begin: elements are not before.
  Slice notBefore(Slice position) {
    return position.compareTo(low) < 0 ? low : position;
  }

  /// Where a walk backward from a position may begin: elements are not behind.
  Slice notBehind(Slice position) {
    return position.compareTo(high) > 0 ? high : position;
  }

  /// Reads what [#appendTo] has written; nothing means that nobody knows.
  ///
  /// @throws ByteCursor.MalformedException if it is something else
  void read(ByteCursor cursor) throws ByteCursor.MalformedException {
    if (cursor.hasRemaining()) {
      low = cursor.readSlice((int) cursor.readVarint(), new Slice()).copy();
      high = cursor.readSlice((int) cursor.readVarint(), new Slice()).copy();
    }
  }

  void appendTo(GrowableBuffer out) {
    if (!low.isEmpty() || !high.equals(RankKey.END)) {
      out.putVarint(low.length());
      out.putBytes(low);
      out.putVarint(high.length());
      out.putBytes(high);
    }
  }

  /// An element comes.
  ///
  /// @return whether that moves a bound
  boolean include(Slice rankKey) {
    boolean below = rankKey.compareTo(low) < 0;
    if (below) {
      low = floor(rankKey);
    }
    boolean above = rankKey.compareTo(high) >= 0;
    if (above) {
      high = behind(rankKey);
    }
    return below || above;
  }

  /// The elements between two positions have gone.
  ///
  /// @return whether that moves a bound
  boolean exclude(Slice from, Slice to) {
    boolean below = from.compareTo(low) <= 0 && to.compareTo(low) > 0;
    if (below) {
      low = floor(to);
    }
    boolean above = to.compareTo(high) >= 0 && from.compareTo(high) < 0;
    if (above) {
      high = from.length() <= BYTES_MAX ? from.copy() : behind(from);
    }
    return below || above;
  }

  private static Slice floor(Slice position) {
    return new Slice(position.segment(), position.offset(), Math.min(position.length(), BYTES_MAX))
        .copy();
  }

  private static Slice behind(Slice rankKey) {
    double score = RankKey.score(rankKey);
    return rankKey.length() < BYTES_MAX
        ? RankKey.behind(score, RankKey.member(rankKey))
        : RankKey.behind(score);
  }
}
