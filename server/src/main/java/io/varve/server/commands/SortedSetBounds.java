package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Doubles;
import io.varve.server.types.RankKey;
import io.varve.server.types.RankWalk;
import io.varve.server.types.SortedSet;
import java.nio.charset.StandardCharsets;

/// A range of scores or of members, as ZRANGEBYSCORE and ZRANGEBYLEX take it, and the positions in a set
/// that bound it.
sealed interface SortedSetBounds {

  /// Where the range begins in a set that is not empty.
  Slice from(SortedSet set);

  /// Where the range ends in a set that is not empty.
  Slice to(SortedSet set);

  /// Number of elements in the range.
  default long count(SortedSet set) {
    Slice from = from(set);
    Slice to = to(set);
    return from.compareTo(to) < 0 ? set.countBefore(to) - set.countBefore(from) : 0;
  }

  /// @param min index of the lower bound: `5`, `(5`, `-inf`
  static SortedSetBounds byScore(Arguments args, int min, int max) {
    double low = score(args, min);
    double high = score(args, max);
    return new Scores(
        isOpen(args, min) ? RankKey.behind(low) : RankKey.before(low),
        isOpen(args, max) ? RankKey.before(high) : RankKey.behind(high));
  }

  /// @param min index of the lower bound: `[a`, `(a`, `-`, `+`
  static SortedSetBounds byMember(Arguments args, int min, int max) {
    checkMember(args, min);
    checkMember(args, max);
    return new Members(args.get(min).copy(), args.get(max).copy());
  }

  private static boolean isOpen(Arguments args, int index) {
    return args.length(index) > 0 && args.get(index).get(0) == '(';
  }

  /// As C's `strtod` reads it: nothing is zero, blanks may stand in front.
  private static double score(Arguments args, int index) {
    String text = new String(args.bytes(index), StandardCharsets.ISO_8859_1);
    String number = (isOpen(args, index) ? text.substring(1) : text).stripLeading();
    return number.isEmpty()
        ? 0
        : Doubles.parse(number, new CommandException("ERR min or max is not a float"));
  }

  private static void checkMember(Arguments args, int index) {
    int length = args.length(index);
    byte first = length == 0 ? 0 : args.get(index).get(0);
    boolean valid = first == '(' || first == '[' || (length == 1 && (first == '-' || first == '+'));
    if (!valid) {
      throw new CommandException("ERR min or max not valid string range item");
    }
  }

  /// Positions that do not depend on the set.
  record Scores(Slice low, Slice high) implements SortedSetBounds {
    @Override
    public Slice from(SortedSet set) {
      return low;
    }

    @Override
    public Slice to(SortedSet set) {
      return high;
    }
  }

  /// Bounds on members, for sets in which all have one score; of others the first score counts.
  ///
  /// @param min with its bracket
  /// @param max with its bracket
  record Members(Slice min, Slice max) implements SortedSetBounds {
    @Override
    public Slice from(SortedSet set) {
      return position(set, min, '(');
    }

    @Override
    public Slice to(SortedSet set) {
      return position(set, max, '[');
    }

    /// @param behind the bracket with which the position is behind the member
    private static Slice position(SortedSet set, Slice bound, char behind) {
      byte bracket = bound.get(0);
      if (bracket == '-') {
        return RankKey.START;
      }
      if (bracket == '+') {
        return RankKey.END;
      }
      Slice member = new Slice(bound.segment(), bound.offset() + 1, bound.length() - 1);
      double score = firstScore(set);
      return bracket == behind ? RankKey.behind(score, member) : RankKey.of(score, member);
    }

    private static double firstScore(SortedSet set) {
      try (RankWalk walk = set.walk()) {
        walk.seekRank(0);
        return RankKey.score(walk.key());
      }
    }
  }
}
