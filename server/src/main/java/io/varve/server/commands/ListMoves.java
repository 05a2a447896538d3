package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.Arguments;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeyWait;
import io.varve.server.command.Timeouts;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.ValueType;
import io.varve.server.types.ListEnd;
import io.varve.server.types.ListValue;
import io.varve.server.types.Lists;
import java.util.List;

/// What LMOVE, LMPOP and their kin do, and those of them that wait until they can.
final class ListMoves {

  private ListMoves() {}

  static void move(Invocation in) {
    Arguments args = in.args();
    if (!tryMove(in, ListCommands.endAt(args, 3), ListCommands.endAt(args, 4))) {
      in.reply().nullBulk();
    }
  }

  static void popAndPush(Invocation in) {
    if (!tryMove(in, ListEnd.RIGHT, ListEnd.LEFT)) {
      in.reply().nullBulk();
    }
  }

  static void popFirstOf(Invocation in) {
    if (!tryPopFirstOf(in, ManyPop.of(in.args(), 1))) {
      in.reply().nullArray();
    }
  }

  static void awaitMove(Invocation in) {
    ListEnd from = ListCommands.endAt(in.args(), 3);
    ListEnd to = ListCommands.endAt(in.args(), 4);
    awaitMove(in, from, to, Timeouts.deadlineOfSeconds(in, 5));
  }

  static void awaitPopAndPush(Invocation in) {
    awaitMove(in, ListEnd.RIGHT, ListEnd.LEFT, Timeouts.deadlineOfSeconds(in, 3));
  }

  private static void awaitMove(Invocation in, ListEnd from, ListEnd to, long deadlineMillis) {
    if (tryMove(in, from, to)) {
      return;
    }
    if (in.isNested()) {
      in.reply().nullBulk();
    } else {
      in.waitFor(KeyWait.forKeys(in, ValueType.LIST, 1, 1, deadlineMillis));
    }
  }

  static void awaitPop(Invocation in, ListEnd end) {
    int keys = in.args().count() - 2;
    long deadlineMillis = Timeouts.deadlineOfSeconds(in, keys + 1);
    Database db = in.db();
    for (int i = 1; i <= keys; i++) {
      Slice key = in.args().get(i);
      ListValue list = Lists.findForWrite(db, key);
      if (list != null) {
        in.reply().array(2);
        ListCommands.reply(in.reply(), key);
        ListCommands.popOne(in, key, list, end);
        return;
      }
    }
    KeyWait.begin(in, ValueType.LIST, 1, keys, deadlineMillis);
  }

  static void awaitPopFirstOf(Invocation in) {
    ManyPop pop = ManyPop.of(in.args(), 2);
    long deadlineMillis = Timeouts.deadlineOfSeconds(in, 1);
    if (!tryPopFirstOf(in, pop)) {
      KeyWait.begin(in, ValueType.LIST, pop.firstKey, pop.keyCount, deadlineMillis);
    }
  }

  /// Moves and replies an element between the lists that the first two arguments name.
  ///
  /// @return false if there is none to move
  static boolean tryMove(Invocation in, ListEnd from, ListEnd to) {
    Database db = in.db();
    Slice sourceKey = in.args().get(1);
    Slice targetKey = in.args().get(2);
    ListValue source = Lists.findForWrite(db, sourceKey, new KeyEntry());
    if (source == null) {
      return false;
    }
    Slice element = new Slice();
    source.get(from == ListEnd.LEFT ? 0 : source.length() - 1, element);
    if (sourceKey.contentEquals(targetKey)) {
      ListCommands.reply(in.reply(), element);
      moveWithin(db, sourceKey, source, from, to);
      return true;
    }
    ListValue target = Lists.findForWrite(db, targetKey, new KeyEntry());
    ListCommands.reply(in.reply(), element);
    if (target == null) {
      target = Lists.create(db, targetKey);
    }
    target.push(to, List.of(element.copy()));
    db.event(KeyEventClass.LIST, to.pushEvent(), targetKey);
    ListCommands.pop(db, sourceKey, source, from, 1);
    return true;
  }

  private static void moveWithin(Database db, Slice key, ListValue list, ListEnd from, ListEnd to) {
    if (from == to) {
      db.touch(key);
    } else {
      list.rotate(from);
    }
    db.event(KeyEventClass.LIST, to.pushEvent(), key);
    db.event(KeyEventClass.LIST, from.popEvent(), key);
  }

  /// Takes elements of the first list that has any, and replies its key and them.
  ///
  /// @return false if none has
  static boolean tryPopFirstOf(Invocation in, ManyPop pop) {
    Database db = in.db();
    for (int i = 0; i < pop.keyCount; i++) {
      Slice key = in.args().get(pop.firstKey + i);
      ListValue list = Lists.findForWrite(db, key);
      if (list != null) {
        in.reply().array(2);
        ListCommands.reply(in.reply(), key);
        ListCommands.popMany(in, key, list, pop.end, pop.count);
        return true;
      }
    }
    return false;
  }

  /// The arguments of LMPOP: `numkeys key... LEFT|RIGHT [COUNT count]`.
  record ManyPop(int firstKey, int keyCount, ListEnd end, long count) {

    /// @param at index of the number of keys
    static ManyPop of(Arguments args, int at) {
      long keys = ListCommands.atLeast(1, args, at, "ERR numkeys should be greater than 0");
      if (keys >= args.count() - at - 1) {
        throw Errors.syntax();
      }
      int endAt = at + 1 + (int) keys;
      ListEnd end = ListCommands.endAt(args, endAt);
      long count = 1;
      if (args.count() > endAt + 1) {
        if (args.count() != endAt + 3 || !args.is(endAt + 1, "COUNT")) {
          checkCount(args, endAt + 1);
          throw Errors.syntax();
        }
        count = ListCommands.atLeast(1, args, endAt + 2, "ERR count should be greater than 0");
      }
      return new ManyPop(at + 1, (int) keys, end, count);
    }

    /// A bad count is said before what stands behind it.
    private static void checkCount(Arguments args, int index) {
      if (args.is(index, "COUNT") && index + 1 < args.count()) {
        ListCommands.atLeast(1, args, index + 1, "ERR count should be greater than 0");
      }
    }
  }
}
