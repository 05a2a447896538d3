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
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.CollectionWalk;
import io.varve.server.types.SetEditor;
import io.varve.server.types.SetView;
import java.util.List;

/// Commands on sets, one or two of them; [SetAlgebra] has those on many. Stateless.
public final class SetCommands {

  private SetCommands() {}

  public static List<Command> table() {
    return List.of(
        define("sadd", -3, SetCommands::add, WRITE, DENYOOM, FAST)
            .complexity("O(N) with the number of members given")
            .summary("Adds members to a set and returns how many are new.")
            .build(),
        define("srem", -3, SetCommands::remove, WRITE, FAST)
            .complexity("O(N) with the number of members given")
            .summary("Removes members; a set without any goes with its key.")
            .build(),
        define("sismember", 3, SetCommands::isMember, READONLY, FAST)
            .summary("Says whether a set has a member.")
            .build(),
        define("smismember", -3, SetCommands::areMembers, READONLY, FAST)
            .since("6.2.0")
            .complexity("O(N) with the number of members given")
            .summary("Says which of several members a set has.")
            .build(),
        define("scard", 2, SetCommands::size, READONLY, FAST)
            .summary("Returns the number of members.")
            .build(),
        define("smembers", 2, SetCommands::members, READONLY)
            .complexity("O(N) with the size of the set")
            .summary("Returns all members.")
            .build(),
        define("smove", 4, SetCommands::move, WRITE, FAST)
            .keys(KeySpec.FIRST_TWO)
            .summary("Moves a member from one set to another.")
            .build(),
        define("spop", -2, SetPop::execute, WRITE, FAST)
            .complexity("O(N) with the number of members wanted")
            .summary("Removes and returns random members.")
            .build(),
        define("srandmember", -2, RandomElements::ofSet, READONLY)
            .complexity("O(N) with the number of members wanted")
            .summary("Returns random members.")
            .build(),
        define("sinter", -2, SetAlgebra::intersection, READONLY)
            .keys(KeySpec.ALL)
            .complexity("O(N*M) with the size of the smallest set and the number of sets")
            .summary("Returns the members that all sets have.")
            .build(),
        define("sintercard", -3, SetAlgebra::intersectionSize, READONLY)
            .keys(KeySpec.counted(1))
            .since("7.0.0")
            .complexity("O(N*M) with the size of the smallest set and the number of sets")
            .summary("Counts the members that all sets have, up to a limit.")
            .build(),
        define("sinterstore", -3, SetAlgebra::storeIntersection, WRITE, DENYOOM)
            .keys(KeySpec.ALL)
            .complexity("O(N*M) with the size of the smallest set and the number of sets")
            .summary("Stores the members that all sets have.")
            .build(),
        define("sunion", -2, SetAlgebra::union, READONLY)
            .keys(KeySpec.ALL)
            .complexity("O(N) with the sizes of all sets")
            .summary("Returns the members that any of the sets has.")
            .build(),
        define("sunionstore", -3, SetAlgebra::storeUnion, WRITE, DENYOOM)
            .keys(KeySpec.ALL)
            .complexity("O(N) with the sizes of all sets")
            .summary("Stores the members that any of the sets has.")
            .build(),
        define("sdiff", -2, SetAlgebra::difference, READONLY)
            .keys(KeySpec.ALL)
            .complexity("O(N*M) with the size of the first set and the number of sets")
            .summary("Returns the members that only the first of the sets has.")
            .build(),
        define("sdiffstore", -3, SetAlgebra::storeDifference, WRITE, DENYOOM)
            .keys(KeySpec.ALL)
            .complexity("O(N*M) with the size of the first set and the number of sets")
            .summary("Stores the members that only the first of the sets has.")
            .build(),
        define("sscan", -3, SetCommands::scan, READONLY)
            .since("2.8.0")
            .complexity("O(COUNT) for each call")
            .summary("Walks the members, a piece for each call.")
            .build());
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.SET)
        .group("set")
        .since("1.0.0");
  }

  private static void add(Invocation in) {
    Arguments args = in.args();
    SetEditor set = SetEditor.open(in.db(), args.get(1), new KeyEntry());
    set.expect(args.get(2), args.count() - 2);
    int added = 0;
    for (int i = 2; i < args.count(); i++) {
      if (set.add(args.get(i))) {
        added++;
      }
    }
    if (added > 0) {
      finish(in.db(), args.get(1), set, "sadd");
    }
    in.reply().integer(added);
  }

  private static void remove(Invocation in) {
    Arguments args = in.args();
    SetEditor set = SetEditor.open(in.db(), args.get(1), new KeyEntry());
    int removed = 0;
    for (int i = 2; i < args.count(); i++) {
      if (set.remove(args.get(i))) {
        removed++;
      }
    }
    if (removed > 0) {
      finish(in.db(), args.get(1), set, "srem");
    }
    in.reply().integer(removed);
  }

  private static void isMember(Invocation in) {
    SetView set = SetView.find(in.db(), in.args().get(1));
    in.reply().integer(set != null && set.contains(in.args().get(2)) ? 1 : 0);
  }

  private static void areMembers(Invocation in) {
    Arguments args = in.args();
    SetView set = SetView.find(in.db(), args.get(1));
    in.reply().array(args.count() - 2);
    for (int i = 2; i < args.count(); i++) {
      in.reply().integer(set != null && set.contains(args.get(i)) ? 1 : 0);
    }
  }

  private static void size(Invocation in) {
    SetView set = SetView.find(in.db(), in.args().get(1));
    in.reply().integer(set == null ? 0 : set.size());
  }

  private static void members(Invocation in) {
    SetView set = SetView.find(in.db(), in.args().get(1));
    if (set == null) {
      in.reply().set(0);
    } else {
      replyAll(in.reply(), set);
    }
  }

  /// Replies with all members of a set.
  static void replyAll(ReplyWriter reply, SetView set) {
    reply.set(Replies.size(set.size(), 1));
    try (CollectionWalk walk = set.walk()) {
      while (walk.next()) {
        Replies.bulk(reply, walk.name());
      }
    }
  }

  private static void move(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    Slice from = args.get(1);
    Slice to = args.get(2);
    Slice member = args.get(3);
    KeyEntry source = new KeyEntry();
    if (!db.findForWrite(from, source)) {
      in.reply().integer(0);
      return;
    }
    SetEditor fromSet = SetEditor.open(db, from, source);
    SetEditor toSet = SetEditor.open(db, to, new KeyEntry());
    if (from.contentEquals(to)) {
      in.reply().integer(fromSet.contains(member) ? 1 : 0);
      return;
    }
    if (!fromSet.remove(member)) {
      in.reply().integer(0);
      return;
    }
    finish(db, from, fromSet, "srem");
    toSet.expect(member, 1);
    if (toSet.add(member)) {
      finish(db, to, toSet, "sadd");
    }
    in.reply().integer(1);
  }

  static void finish(Database db, Slice key, SetEditor set, String event) {
    db.event(KeyEventClass.SET, event, key);
    set.finish();
  }

  private static void scan(Invocation in) {
    Arguments args = in.args();
    long cursor = ScanOptions.cursor(args, 2);
    SetView set = SetView.find(in.db(), args.get(1));
    ScannedElements found = new ScannedElements();
    if (set == null) {
      found.reply(in.reply(), 0);
      return;
    }
    ScanOptions options = ScanOptions.ofElements(args);
    try (CollectionWalk walk = set.walk()) {
      cursor =
          walk.scan(
              cursor,
              options.count(),
              () -> {
                Slice member = walk.name();
                if (options.accepts(member)) {
                  found.add(member);
                }
              });
    }
    found.reply(in.reply(), cursor);
  }
}
