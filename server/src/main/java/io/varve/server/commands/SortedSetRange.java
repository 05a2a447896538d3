package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.types.RankKey;
import io.varve.server.types.RankWalk;
import io.varve.server.types.SortedSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What ZRANGE and its relatives ask for: which elements, in which direction.
///
/// @param bounds null for a range of ranks
/// @param start first rank, if `bounds` is null; negative counts from the end
/// @param stop last rank
/// @param offset elements in the bounds to leave out first
/// @param limit most elements, negative for all
record SortedSetRange(
    @Nullable SortedSetBounds bounds,
    long start,
    long stop,
    long offset,
    long limit,
    boolean reverse,
    boolean withScores) {

  /// What bounds are.
  enum Kind {
    /// Named by an option, ranks without one.
    ANY,
    RANK,
    SCORE,
    MEMBER
  }

  /// Elements that are looked for before they are counted.
  private static final int COLLECTED_MAX = 256;

  /// Offsets beyond this are found by rank.
  private static final int STEPS_MAX = 1024;

  /// @param first index of the lower bound
  /// @param kind of the command; [Kind#ANY] for ZRANGE
  /// @param reverse the direction, if the command says it; null leaves it to an option
  /// @param stores whether elements are stored rather than replied
  static SortedSetRange parse(
      Arguments args, int first, Kind kind, @Nullable Boolean reverse, boolean stores) {
    Kind found = kind;
    Boolean backwards = reverse;
    boolean withScores = false;
    boolean limited = false;
    long offset = 0;
    long limit = -1;
    for (int i = first + 2; i < args.count(); i++) {
      if (!stores && args.is(i, "WITHSCORES")) {
        withScores = true;
      } else if (args.is(i, "LIMIT") && i + 2 < args.count()) {
        offset = args.longAt(i + 1);
        limit = args.longAt(i + 2);
        limited = limit != -1;
        i += 2;
      } else if (backwards == null && args.is(i, "REV")) {
        backwards = true;
      } else if (found == Kind.ANY && args.is(i, "BYLEX")) {
        found = Kind.MEMBER;
      } else if (found == Kind.ANY && args.is(i, "BYSCORE")) {
        found = Kind.SCORE;
      } else {
        throw Errors.syntax();
      }
    }
    boolean ranks = found == Kind.ANY || found == Kind.RANK;
    if (limited && ranks) {
      throw new CommandException(
          "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
    }
    if (withScores && found == Kind.MEMBER) {
      throw new CommandException(
          "ERR syntax error, WITHSCORES not supported in combination with BYLEX");
    }
    boolean down = backwards != null && backwards;
    if (ranks) {
      long start = args.longAt(first);
      return new SortedSetRange(null, start, args.longAt(first + 1), 0, -1, down, withScores);
    }
    int min = down ? first + 1 : first;
    int max = down ? first : first + 1;
    SortedSetBounds bounds =
        found == Kind.SCORE
            ? SortedSetBounds.byScore(args, min, max)
            : SortedSetBounds.byMember(args, min, max);
    return new SortedSetRange(bounds, 0, -1, offset, limit, down, withScores);
  }

  /// Hands out the rank keys of a set that lie in the range, in its direction.
  ///
  /// @param begin told first how many there are
  /// @param element given each rank key, valid during the call
  void forEach(SortedSet set, LongConsumer begin, Consumer<Slice> element) {
    SortedSetBounds between = bounds;
    try (RankWalk walk = set.walk()) {
      if (between == null) {
        Ranks ranks = Ranks.of(start, stop, set.size());
        begin.accept(ranks.count());
        if (ranks.count() > 0) {
          walk.seekRank(reverse ? set.size() - 1 - ranks.first() : ranks.first());
          hand(walk, ranks.count(), element);
        }
        return;
      }
      Slice from = between.from(set);
      Slice to = between.to(set);
      if (from.compareTo(to) >= 0 || offset < 0 || !seek(set, walk, from, to)) {
        begin.accept(0);
        return;
      }
      Slice at = walk.key().copy();
      List<Slice> few = findFew(walk, from, to);
      if (few != null) {
        begin.accept(few.size());
        few.forEach(element);
        return;
      }
      long rest =
          reverse
              ? set.countBefore(RankKey.behind(RankKey.score(at), RankKey.member(at)))
                  - set.countBefore(from)
              : set.countBefore(to) - set.countBefore(at);
      long count = limit < 0 ? rest : Math.min(limit, rest);
      begin.accept(count);
      walk.seek(at);
      hand(walk, count, element);
    }
  }

  /// Moves to the first element of the range behind the offset, if there is one.
  private boolean seek(SortedSet set, RankWalk walk, Slice from, Slice to) {
    if (reverse) {
      walk.seekBefore(to);
    } else {
      walk.seek(from);
    }
    if (offset > STEPS_MAX) {
      if (offset >= set.size()) {
        return false;
      }
      long rank = reverse ? set.countBefore(to) - 1 - offset : set.countBefore(from) + offset;
      if (rank < 0 || rank >= set.size()) {
        return false;
      }
      walk.seekRank(rank);
    } else {
      for (long left = offset; left > 0 && walk.isValid(); left--) {
        step(walk);
      }
    }
    return holds(walk, from, to);
  }

  /// The rest of the range, or null if it is long.
  private @Nullable List<Slice> findFew(RankWalk walk, Slice from, Slice to) {
    List<Slice> few = new ArrayList<>();
    while (few.size() != limit && holds(walk, from, to)) {
      if (few.size() == COLLECTED_MAX) {
        return null;
      }
      few.add(walk.key().copy());
      step(walk);
    }
    return few;
  }

  private boolean holds(RankWalk walk, Slice from, Slice to) {
    return walk.isValid()
        && (reverse ? walk.key().compareTo(from) >= 0 : walk.key().compareTo(to) < 0);
  }

  private void hand(RankWalk walk, long count, Consumer<Slice> element) {
    for (long left = count; left > 0; left--) {
      element.accept(walk.key());
      if (left > 1) {
        step(walk);
      }
    }
  }

  private void step(RankWalk walk) {
    if (reverse) {
      walk.prev();
    } else {
      walk.next();
    }
  }

  /// Ranks from a first one on.
  ///
  /// @param first not negative
  record Ranks(long first, long count) {

    /// @param start first rank; negative counts from the end
    /// @param stop last rank
    static Ranks of(long start, long stop, long size) {
      long first = Math.max(0, start < 0 ? size + start : start);
      long last = Math.min(size - 1, stop < 0 ? size + stop : stop);
      return new Ranks(first, first > last ? 0 : last - first + 1);
    }
  }
}
