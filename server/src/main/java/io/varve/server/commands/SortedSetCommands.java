package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.RankKey;
import io.varve.server.types.SortedSet;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/// Commands on single members of sorted sets, and the table of all commands on sorted sets. Stateless.
public final class SortedSetCommands {

  private static final String LOG_COST = "O(log(N)) with the number of elements";

  private SortedSetCommands() {}

  public static List<Command> table() {
    return Stream.of(
            members(),
            SortedSetRangeCommands.table(),
            SortedSetPops.table(),
            SortedSetAlgebra.table(),
            SortedSetWalks.table())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Command> members() {
    return List.of(
        define("zadd", -4, in -> add(in, false), "1.2.0", WRITE, DENYOOM, FAST)
            .complexity("O(log(N)) for each element, with the number of elements")
            .summary("Adds members, or gives them other scores, with conditions.")
            .build(),
        define("zincrby", 4, in -> add(in, true), "1.2.0", WRITE, DENYOOM, FAST)
            .complexity(LOG_COST)
            .summary("Adds to the score of a member.")
            .build(),
        define("zrem", -3, SortedSetCommands::remove, "1.2.0", WRITE, FAST)
            .complexity("O(M*log(N)) with the number of elements, and of those to remove")
            .summary("Removes members.")
            .build(),
        define("zcard", 2, SortedSetCommands::size, "1.2.0", READONLY, FAST)
            .summary("Returns the number of members.")
            .build(),
        define("zscore", 3, SortedSetCommands::score, "1.2.0", READONLY, FAST)
            .summary("Returns the score of a member.")
            .build(),
        define("zmscore", -3, SortedSetCommands::scores, "6.2.0", READONLY, FAST)
            .complexity("O(N) with the number of members asked for")
            .summary("Returns the scores of several members.")
            .build(),
        define("zrank", -3, in -> rank(in, false), "2.0.0", READONLY, FAST)
            .complexity(LOG_COST)
            .summary("Returns the rank of a member, and its score on request.")
            .build(),
        define("zrevrank", -3, in -> rank(in, true), "2.0.0", READONLY, FAST)
            .complexity(LOG_COST)
            .summary("Returns the rank of a member from the greatest, and its score on request.")
            .build());
  }

  static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.SORTEDSET)
        .group("sorted-set")
        .since(since);
  }

  private static void add(Invocation in, boolean increments) {
    Arguments args = in.args();
    AddOptions options = AddOptions.parse(args, increments);
    add(in, options, i -> args.get(options.first() + 2 * i + 1));
  }

  /// Adds members with the scores of the options.
  ///
  /// @param member finds the member of a score, by its index
  static void add(Invocation in, AddOptions options, IntFunction<Slice> member) {
    SortedSetAddition addition = new SortedSetAddition(options);
    Slice key = in.args().get(1);
    SortedSet set = SortedSet.findForWrite(in.db(), key);
    if (set == null && !options.onlyExisting()) {
      set = SortedSet.create(in.db(), key);
    }
    for (int i = 0; set != null && i < options.scores().length; i++) {
      addition.add(set, member.apply(i), options.scores()[i]);
    }
    if (set != null && addition.changed() > 0) {
      set.save();
      in.db().event(KeyEventClass.SORTED_SET, options.increments() ? "zincr" : "zadd", key);
    }
    if (!options.increments()) {
      in.reply().integer(options.countsChanges() ? addition.changed() : addition.added());
    } else if (addition.isProcessed()) {
      in.reply().doubleValue(addition.lastScore());
    } else {
      in.reply().nullBulk();
    }
  }

  private static void remove(Invocation in) {
    Slice key = in.args().get(1);
    SortedSet set = SortedSet.findForWrite(in.db(), key);
    int removed = 0;
    if (set != null) {
      for (int i = 2; i < in.args().count() && set.size() > 0; i++) {
        Slice member = in.args().get(i);
        double score = set.score(member);
        if (!Double.isNaN(score)) {
          set.remove(member, score);
          removed++;
        }
      }
      if (removed > 0) {
        SortedSetRangeCommands.saveAfterRemoval(in, set, key, "zrem");
      }
    }
    in.reply().integer(removed);
  }

  private static void size(Invocation in) {
    SortedSet set = SortedSet.find(in.db(), in.args().get(1));
    in.reply().integer(set == null ? 0 : set.size());
  }

  private static void score(Invocation in) {
    SortedSet set = SortedSet.find(in.db(), in.args().get(1));
    replyScore(in.reply(), set == null ? Double.NaN : set.score(in.args().get(2)));
  }

  private static void scores(Invocation in) {
    Arguments args = in.args();
    SortedSet set = SortedSet.find(in.db(), args.get(1));
    in.reply().array(args.count() - 2);
    for (int i = 2; i < args.count(); i++) {
      replyScore(in.reply(), set == null ? Double.NaN : set.score(args.get(i)));
    }
  }

  private static void replyScore(ReplyWriter reply, double score) {
    if (Double.isNaN(score)) {
      reply.nullBulk();
    } else {
      reply.doubleValue(score);
    }
  }

  private static void rank(Invocation in, boolean reverse) {
    Arguments args = in.args();
    if (args.count() > 4) {
      throw Errors.wrongArity(in.command().fullName());
    }
    boolean withScore = args.count() == 4;
    if (withScore && !args.is(3, "WITHSCORE")) {
      throw Errors.syntax();
    }
    SortedSet set = SortedSet.find(in.db(), args.get(1));
    double score = set == null ? Double.NaN : set.score(args.get(2));
    if (set == null || Double.isNaN(score)) {
      if (withScore) {
        in.reply().nullArray();
      } else {
        in.reply().nullBulk();
      }
      return;
    }
    long before = set.countBefore(RankKey.of(score, args.get(2)));
    if (withScore) {
      in.reply().array(2);
    }
    in.reply().integer(reverse ? set.size() - 1 - before : before);
    if (withScore) {
      in.reply().doubleValue(score);
    }
  }

  /// The words between ZADD's key and its pairs, and the scores.
  ///
  /// @param first index of the first score
  record AddOptions(
      boolean onlyNew,
      boolean onlyExisting,
      boolean onlyGreater,
      boolean onlyLess,
      boolean countsChanges,
      boolean increments,
      int first,
      double[] scores) {

    static AddOptions parse(Arguments args, boolean increments) {
      boolean nx = false;
      boolean xx = false;
      boolean gt = false;
      boolean lt = false;
      boolean ch = false;
      boolean incr = increments;
      int at = 2;
      for (; at < args.count(); at++) {
        if (args.is(at, "NX")) {
          nx = true;
        } else if (args.is(at, "XX")) {
          xx = true;
        } else if (args.is(at, "CH")) {
          ch = true;
        } else if (args.is(at, "INCR")) {
          incr = true;
        } else if (args.is(at, "GT")) {
          gt = true;
        } else if (args.is(at, "LT")) {
          lt = true;
        } else {
          break;
        }
      }
      int rest = args.count() - at;
      if (rest == 0 || rest % 2 != 0) {
        throw Errors.syntax();
      }
      if (nx && xx) {
        throw new CommandException("ERR XX and NX options at the same time are not compatible");
      }
      if ((gt && nx) || (lt && nx) || (gt && lt)) {
        throw new CommandException(
            "ERR GT, LT, and/or NX options at the same time are not compatible");
      }
      if (incr && rest > 2) {
        throw new CommandException("ERR INCR option supports a single increment-element pair");
      }
      double[] scores = new double[rest / 2];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = args.doubleAt(at + 2 * i);
      }
      return new AddOptions(nx, xx, gt, lt, ch, incr, at, scores);
    }
  }
}
