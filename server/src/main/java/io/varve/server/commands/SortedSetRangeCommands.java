package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.commands.SortedSetRange.Kind;
import io.varve.server.commands.SortedSetRange.Ranks;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.RankKey;
import io.varve.server.types.RankWalk;
import io.varve.server.types.SortedSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Commands on ranges of sorted sets: by rank, by score, by member. Stateless.
final class SortedSetRangeCommands {

  private static final String RANGE_COST =
      "O(log(N)+M) with the number of elements, and of those in the range";
  private static final String COUNT_COST = "O(log(N)) with the number of elements";

  private SortedSetRangeCommands() {}

  static List<Command> table() {
    return List.of(
            read("zrange", -4, range(Kind.ANY, null), "1.2.0")
                .summary("Returns elements by rank, score or member."),
            read("zrevrange", -4, range(Kind.RANK, true), "1.2.0")
                .summary("Returns elements by rank from the greatest."),
            read("zrangebyscore", -4, range(Kind.SCORE, false), "1.0.5")
                .summary("Returns elements by score."),
            read("zrevrangebyscore", -4, range(Kind.SCORE, true), "2.2.0")
                .summary("Returns elements by score from the greatest."),
            read("zrangebylex", -4, range(Kind.MEMBER, false), "2.8.9")
                .summary("Returns elements of one score by member."),
            read("zrevrangebylex", -4, range(Kind.MEMBER, true), "2.8.9")
                .summary("Returns elements of one score by member from the greatest."),
            SortedSetCommands.define("zrangestore", -5, SortedSetRangeCommands::store, "6.2.0")
                .flags(WRITE, DENYOOM)
                .keys(KeySpec.FIRST_TWO)
                .complexity(RANGE_COST)
                .summary("Stores a range of a sorted set as another one."),
            read("zcount", 4, in -> count(in, SortedSetBounds.byScore(in.args(), 2, 3)), "2.0.0")
                .flags(FAST)
                .complexity(COUNT_COST)
                .summary("Counts elements by score."),
            read(
                    "zlexcount",
                    4,
                    in -> count(in, SortedSetBounds.byMember(in.args(), 2, 3)),
                    "2.8.9")
                .flags(FAST)
                .complexity(COUNT_COST)
                .summary("Counts elements of one score by member."),
            remove("zremrangebyrank", SortedSetRangeCommands::removeByRank, "2.0.0")
                .summary("Removes elements by rank."),
            remove(
                    "zremrangebyscore",
                    in -> removeBetween(in, SortedSetBounds.byScore(in.args(), 2, 3)),
                    "1.2.0")
                .summary("Removes elements by score."),
            remove(
                    "zremrangebylex",
                    in -> removeBetween(in, SortedSetBounds.byMember(in.args(), 2, 3)),
                    "2.8.9")
                .summary("Removes elements of one score by member."))
        .stream()
        .map(Command.Builder::build)
        .toList();
  }

  private static Command.Builder read(String name, int arity, Handler handler, String since) {
    return SortedSetCommands.define(name, arity, handler, since)
        .flags(READONLY)
        .complexity(RANGE_COST);
  }

  private static Command.Builder remove(String name, Handler handler, String since) {
    return SortedSetCommands.define(name, 4, handler, since).flags(WRITE).complexity(RANGE_COST);
  }

  private static Handler range(Kind kind, @Nullable Boolean reverse) {
    return in -> {
      SortedSetRange range = SortedSetRange.parse(in.args(), 2, kind, reverse, false);
      SortedSet set = SortedSet.find(in.db(), in.args().get(1));
      if (set == null) {
        in.reply().array(0);
        return;
      }
      range.forEach(
          set,
          count -> SortedSetReplies.begin(in.reply(), count, range.withScores()),
          rankKey -> SortedSetReplies.element(in.reply(), rankKey, range.withScores()));
    };
  }

  private static void store(Invocation in) {
    SortedSetRange range = SortedSetRange.parse(in.args(), 3, Kind.ANY, null, true);
    SortedSet set = SortedSet.findForWrite(in.db(), in.args().get(2));
    List<Slice> found = new ArrayList<>();
    if (set != null) {
      range.forEach(set, _ -> {}, rankKey -> found.add(rankKey.copy()));
    }
    SortedSet.store(in.db(), in.args().get(1), found, "zrangestore");
    in.reply().integer(found.size());
  }

  private static void count(Invocation in, SortedSetBounds bounds) {
    SortedSet set = SortedSet.find(in.db(), in.args().get(1));
    in.reply().integer(set == null ? 0 : bounds.count(set));
  }

  private static void removeByRank(Invocation in) {
    Arguments args = in.args();
    long start = args.longAt(2);
    long stop = args.longAt(3);
    remove(
        in,
        set -> {
          Ranks ranks = Ranks.of(start, stop, set.size());
          if (ranks.count() > 0) {
            removeRanks(set, ranks.first(), ranks.count());
          }
          return ranks.count();
        });
  }

  /// Removes elements from a rank on.
  ///
  /// @param count at least 1, not more than there are
  static void removeRanks(SortedSet set, long first, long count) {
    Slice from = RankKey.START;
    Slice to = RankKey.END;
    try (RankWalk walk = set.walk()) {
      if (first > 0) {
        walk.seekRank(first);
        from = walk.key().copy();
      }
      if (first + count < set.size()) {
        walk.seekRank(first + count);
        to = walk.key().copy();
      }
    }
    set.removeRange(from, to, count);
  }

  private static void removeBetween(Invocation in, SortedSetBounds bounds) {
    remove(
        in,
        set -> {
          long count = bounds.count(set);
          if (count > 0) {
            set.removeRange(bounds.from(set), bounds.to(set), count);
          }
          return count;
        });
  }

  /// @param removal returns how many elements it has removed
  private static void remove(Invocation in, ToLongFunction<SortedSet> removal) {
    SortedSet set = SortedSet.findForWrite(in.db(), in.args().get(1));
    long removed = set == null ? 0 : removal.applyAsLong(set);
    if (set != null && removed > 0) {
      saveAfterRemoval(in, set, in.args().get(1), in.command().name());
    }
    in.reply().integer(removed);
  }

  /// Stores a set and says what happened to its key.
  static void saveAfterRemoval(Invocation in, SortedSet set, Slice key, String event) {
    set.save();
    in.db().event(KeyEventClass.SORTED_SET, event, key);
    if (set.size() == 0) {
      in.db().event(KeyEventClass.GENERIC, "del", key);
    }
  }
}
