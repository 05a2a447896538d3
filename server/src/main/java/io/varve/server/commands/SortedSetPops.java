package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.BLOCKING;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.command.KeyWait;
import io.varve.server.command.Timeouts;
import io.varve.server.keyspace.ValueType;
import io.varve.server.types.RankKey;
import io.varve.server.types.RankWalk;
import io.varve.server.types.SortedSet;
import java.util.ArrayList;
import java.util.List;

/// Commands that take the least or greatest elements out of sorted sets, and those of them that wait
/// until there is one. Stateless.
final class SortedSetPops {

  private static final String COST =
      "O(log(N)*M) with the number of elements, and of those to take out";

  private SortedSetPops() {}

  static List<Command> table() {
    return List.of(
        SortedSetCommands.define("zpopmin", -2, in -> pop(in, false), "5.0.0", WRITE, FAST)
            .complexity(COST)
            .summary("Takes out the elements with the least scores.")
            .build(),
        SortedSetCommands.define("zpopmax", -2, in -> pop(in, true), "5.0.0", WRITE, FAST)
            .complexity(COST)
            .summary("Takes out the elements with the greatest scores.")
            .build(),
        SortedSetCommands.define("zmpop", -4, SortedSetPops::popFromFirst, "7.0.0", WRITE)
            .keys(KeySpec.counted(1))
            .complexity(COST)
            .summary("Takes elements out of the first of several sorted sets that has some.")
            .build(),
        blocking("bzpopmin", -3, in -> awaitPop(in, false), "5.0.0", FAST)
            .keys(KeySpec.ALL_BUT_LAST)
            .summary(
                "Takes out the least element, waiting until one of several sorted sets has any.")
            .build(),
        blocking("bzpopmax", -3, in -> awaitPop(in, true), "5.0.0", FAST)
            .keys(KeySpec.ALL_BUT_LAST)
            .summary("Takes out the greatest element, waiting until one of several has any.")
            .build(),
        blocking("bzmpop", -5, SortedSetPops::awaitPopFromFirst, "7.0.0")
            .keys(KeySpec.counted(2))
            .summary("Takes elements out of the first sorted set that has some, waiting for one.")
            .build());
  }

  private static Command.Builder blocking(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return SortedSetCommands.define(name, arity, handler, since, flags)
        .flags(WRITE, BLOCKING)
        .complexity(COST);
  }

  private static void pop(Invocation in, boolean greatest) {
    Arguments args = in.args();
    if (args.count() > 3) {
      throw Errors.syntax();
    }
    boolean counted = args.count() == 3;
    long count = counted ? atLeast(args, 2, 0, "ERR value is out of range, must be positive") : 1;
    SortedSet set = SortedSet.findForWrite(in.db(), args.get(1));
    if (set == null || count == 0) {
      in.reply().array(0);
      return;
    }
    List<Slice> popped = take(in, set, args.get(1), greatest, count);
    if (counted) {
      SortedSetReplies.begin(in.reply(), popped.size(), true);
      popped.forEach(rankKey -> SortedSetReplies.element(in.reply(), rankKey, true));
    } else {
      in.reply().array(2);
      SortedSetReplies.flat(in.reply(), popped.getFirst());
    }
  }

  private static void popFromFirst(Invocation in) {
    PopRequest request = PopRequest.parse(in.args(), 1);
    if (!popFromFirst(in, request)) {
      in.reply().nullArray();
    }
  }

  private static void awaitPop(Invocation in, boolean greatest) {
    int keys = in.args().count() - 2;
    long deadlineMillis = Timeouts.deadlineOfSeconds(in, keys + 1);
    for (int i = 1; i <= keys; i++) {
      Slice key = in.args().get(i);
      SortedSet set = SortedSet.findForWrite(in.db(), key);
      if (set != null) {
        List<Slice> popped = take(in, set, key, greatest, 1);
        in.reply().array(3);
        in.reply().bulk(key.segment(), key.offset(), key.length());
        SortedSetReplies.flat(in.reply(), popped.getFirst());
        return;
      }
    }
    KeyWait.begin(in, ValueType.SORTED_SET, 1, keys, deadlineMillis);
  }

  private static void awaitPopFromFirst(Invocation in) {
    PopRequest request = PopRequest.parse(in.args(), 2);
    long deadlineMillis = Timeouts.deadlineOfSeconds(in, 1);
    if (!popFromFirst(in, request)) {
      KeyWait.begin(in, ValueType.SORTED_SET, request.firstKey(), request.keys(), deadlineMillis);
    }
  }

  /// Answers with the elements of the first key that holds some; false if none does, without an answer.
  static boolean popFromFirst(Invocation in, PopRequest request) {
    for (int i = 0; i < request.keys(); i++) {
      Slice key = in.args().get(request.firstKey() + i);
      SortedSet set = SortedSet.findForWrite(in.db(), key);
      if (set != null) {
        List<Slice> popped = take(in, set, key, request.greatest(), request.count());
        in.reply().array(2);
        in.reply().bulk(key.segment(), key.offset(), key.length());
        in.reply().array(popped.size());
        popped.forEach(rankKey -> SortedSetReplies.pair(in.reply(), rankKey));
        return true;
      }
    }
    return false;
  }

  /// Takes elements out of a set and stores it.
  ///
  /// @param count how many at most, at least 1
  static List<Slice> take(Invocation in, SortedSet set, Slice key, boolean greatest, long count) {
    List<Slice> taken = first(set, greatest, Math.min(count, set.size()));
    Slice least = greatest ? taken.getLast() : taken.getFirst();
    Slice most = greatest ? taken.getFirst() : taken.getLast();
    set.removeRange(least, RankKey.behind(RankKey.score(most), RankKey.member(most)), taken.size());
    SortedSetRangeCommands.saveAfterRemoval(in, set, key, greatest ? "zpopmax" : "zpopmin");
    return taken;
  }

  private static List<Slice> first(SortedSet set, boolean greatest, long count) {
    List<Slice> found = new ArrayList<>();
    try (RankWalk walk = set.walk()) {
      walk.seekRank(greatest ? set.size() - 1 : 0);
      while (true) {
        found.add(walk.key().copy());
        if (found.size() == count) {
          return found;
        }
        if (greatest) {
          walk.prev();
        } else {
          walk.next();
        }
      }
    }
  }

  private static long atLeast(Arguments args, int index, long min, String error) {
    CommandException refusal = new CommandException(error);
    long value = args.longAt(index, refusal);
    if (value < min) {
      throw refusal;
    }
    return value;
  }

  /// What ZMPOP and BZMPOP ask for.
  ///
  /// @param firstKey index of the first key
  /// @param keys how many keys there are
  record PopRequest(int firstKey, int keys, boolean greatest, long count) {

    /// @param at index of the number of keys
    static PopRequest parse(Arguments args, int at) {
      long keys = atLeast(args, at, 1, "ERR numkeys should be greater than 0");
      if (keys >= args.count() - at - 1) {
        throw Errors.syntax();
      }
      int where = at + (int) keys + 1;
      if (!args.is(where, "MIN") && !args.is(where, "MAX")) {
        throw Errors.syntax();
      }
      long count = 1;
      int behind = where + 1;
      if (behind < args.count()) {
        if (!args.is(behind, "COUNT") || behind + 1 == args.count()) {
          throw Errors.syntax();
        }
        count = atLeast(args, behind + 1, 1, "ERR count should be greater than 0");
        if (behind + 2 < args.count()) {
          throw Errors.syntax();
        }
      }
      return new PopRequest(at + 1, (int) keys, args.is(where, "MAX"), count);
    }
  }
}
