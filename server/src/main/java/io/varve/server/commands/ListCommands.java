package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.BLOCKING;
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
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.ListEnd;
import io.varve.server.types.ListValue;
import io.varve.server.types.ListWalk;
import io.varve.server.types.Lists;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Commands on lists. Stateless.
public final class ListCommands {

  private static final String NOT_POSITIVE = "ERR value is out of range, must be positive";

  private ListCommands() {}

  public static List<Command> table() {
    return List.of(
        define("lpush", -3, in -> push(in, ListEnd.LEFT, false), "1.0.0", WRITE, DENYOOM, FAST)
            .complexity("O(N) with the number of elements added")
            .summary("Adds elements to the left end of a list.")
            .build(),
        define("rpush", -3, in -> push(in, ListEnd.RIGHT, false), "1.0.0", WRITE, DENYOOM, FAST)
            .complexity("O(N) with the number of elements added")
            .summary("Adds elements to the right end of a list.")
            .build(),
        define("lpushx", -3, in -> push(in, ListEnd.LEFT, true), "2.2.0", WRITE, DENYOOM, FAST)
            .complexity("O(N) with the number of elements added")
            .summary("Adds elements to the left end of a list that exists.")
            .build(),
        define("rpushx", -3, in -> push(in, ListEnd.RIGHT, true), "2.2.0", WRITE, DENYOOM, FAST)
            .complexity("O(N) with the number of elements added")
            .summary("Adds elements to the right end of a list that exists.")
            .build(),
        define("lpop", -2, in -> pop(in, ListEnd.LEFT), "1.0.0", WRITE, FAST)
            .complexity("O(N) with the number of elements taken")
            .summary("Takes elements from the left end of a list.")
            .build(),
        define("rpop", -2, in -> pop(in, ListEnd.RIGHT), "1.0.0", WRITE, FAST)
            .complexity("O(N) with the number of elements taken")
            .summary("Takes elements from the right end of a list.")
            .build(),
        define("llen", 2, ListCommands::length, "1.0.0", READONLY, FAST)
            .summary("Returns the number of elements of a list.")
            .build(),
        define("lrange", 4, ListCommands::range, "1.0.0", READONLY)
            .complexity("O(N) with the number of elements returned")
            .summary("Returns a range of the elements of a list.")
            .build(),
        define("lindex", 3, ListCommands::index, "1.0.0", READONLY)
            .summary("Returns the element of a list at an index.")
            .build(),
        define("lset", 4, ListCommands::set, "1.0.0", WRITE, DENYOOM)
            .summary("Replaces the element of a list at an index.")
            .build(),
        define("linsert", 5, ListCommands::insert, "2.2.0", WRITE, DENYOOM)
            .complexity("O(N) with the elements up to the pivot and from there to the nearer end")
            .summary("Adds an element before or after another one of a list.")
            .build(),
        define("lrem", 4, ListCommands::remove, "1.0.0", WRITE)
            .complexity("O(N) with the length of the list")
            .summary("Takes elements that equal a value out of a list.")
            .build(),
        define("ltrim", 4, ListCommands::trim, "1.0.0", WRITE)
            .summary("Takes all elements outside of a range out of a list.")
            .build(),
        define("lpos", -3, ListSearch::execute, "6.0.6", READONLY)
            .complexity("O(N) with the elements looked at")
            .summary("Finds where a list has elements that equal a value.")
            .build(),
        define("lmove", 5, ListMoves::move, "6.2.0", WRITE, DENYOOM)
            .keys(KeySpec.FIRST_TWO)
            .summary("Moves an element from an end of a list to an end of another.")
            .build(),
        define("rpoplpush", 3, ListMoves::popAndPush, "1.2.0", WRITE, DENYOOM)
            .keys(KeySpec.FIRST_TWO)
            .summary("Moves the last element of a list to the front of another.")
            .build(),
        define("lmpop", -4, ListMoves::popFirstOf, "7.0.0", WRITE)
            .keys(KeySpec.counted(1))
            .complexity("O(N+M) with the number of keys and of elements taken")
            .summary("Takes elements from the first of several lists that has any.")
            .build(),
        blocking("blpop", -3, in -> ListMoves.awaitPop(in, ListEnd.LEFT), "2.0.0")
            .keys(KeySpec.ALL_BUT_LAST)
            .complexity("O(N) with the number of keys")
            .summary("Takes the first element of a list, waiting until one of several has any.")
            .build(),
        blocking("brpop", -3, in -> ListMoves.awaitPop(in, ListEnd.RIGHT), "2.0.0")
            .keys(KeySpec.ALL_BUT_LAST)
            .complexity("O(N) with the number of keys")
            .summary("Takes the last element of a list, waiting until one of several has any.")
            .build(),
        blocking("blmove", 6, ListMoves::awaitMove, "6.2.0", DENYOOM)
            .keys(KeySpec.FIRST_TWO)
            .summary("Moves an element from one list to another, waiting until there is one.")
            .build(),
        blocking("brpoplpush", 4, ListMoves::awaitPopAndPush, "2.2.0", DENYOOM)
            .keys(KeySpec.FIRST_TWO)
            .summary("Moves a last element to the front of a list, waiting until there is one.")
            .build(),
        blocking("blmpop", -5, ListMoves::awaitPopFirstOf, "7.0.0")
            .keys(KeySpec.counted(2))
            .complexity("O(N+M) with the number of keys and of elements taken")
            .summary("Takes elements of the first of several lists that has any, waiting for one.")
            .build());
  }

  static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.LIST)
        .group("list")
        .since(since);
  }

  private static Command.Builder blocking(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return define(name, arity, handler, since, flags).flags(WRITE, BLOCKING);
  }

  /// LEFT or RIGHT.
  static ListEnd endAt(Arguments args, int index) {
    if (args.is(index, "LEFT")) {
      return ListEnd.LEFT;
    }
    if (args.is(index, "RIGHT")) {
      return ListEnd.RIGHT;
    }
    throw Errors.syntax();
  }

  /// An argument as a number that is not less than another.
  ///
  /// @param refusal says so of what is none, or less
  static long atLeast(long min, Arguments args, int index, String refusal) {
    CommandException error = new CommandException(refusal);
    long value = args.longAt(index, error);
    if (value < min) {
      throw error;
    }
    return value;
  }

  /// Writes neighbouring elements as an array.
  static void reply(ReplyWriter reply, ListValue list, long index, long count, boolean forward) {
    reply.array((int) Math.min(count, Integer.MAX_VALUE));
    try (ListWalk walk = list.walk(index, count, forward)) {
      while (walk.next()) {
        reply(reply, walk.element());
      }
    }
  }

  static void reply(ReplyWriter reply, Slice element) {
    reply.bulk(element.segment(), element.offset(), element.length());
  }

  /// Takes elements whose values were replied already, and tells of it.
  static void pop(Database db, Slice key, ListValue list, ListEnd end, long count) {
    boolean last = count >= list.length();
    list.pop(end, count);
    db.event(KeyEventClass.LIST, end.popEvent(), key);
    if (last) {
      db.event(KeyEventClass.GENERIC, "del", key);
    }
  }

  private static void push(Invocation in, ListEnd end, boolean onlyIfPresent) {
    Arguments args = in.args();
    Database db = in.db();
    Slice key = args.get(1);
    ListValue list = Lists.findForWrite(db, key);
    if (list == null) {
      if (onlyIfPresent) {
        in.reply().integer(0);
        return;
      }
      list = Lists.create(db, key);
    }
    List<Slice> elements = new ArrayList<>(args.count() - 2);
    for (int i = 2; i < args.count(); i++) {
      elements.add(args.get(i));
    }
    in.reply().integer(list.push(end, elements));
    db.event(KeyEventClass.LIST, end.pushEvent(), key);
  }

  private static void pop(Invocation in, ListEnd end) {
    Arguments args = in.args();
    if (args.count() > 3) {
      throw Errors.wrongArity(in.command().fullName());
    }
    boolean hasCount = args.count() == 3;
    long count = hasCount ? atLeast(0, args, 2, NOT_POSITIVE) : 1;
    Database db = in.db();
    Slice key = args.get(1);
    ListValue list = Lists.findForWrite(db, key);
    if (list == null) {
      if (hasCount) {
        in.reply().nullArray();
      } else {
        in.reply().nullBulk();
      }
    } else if (count == 0) {
      in.reply().array(0);
    } else if (hasCount) {
      popMany(in, key, list, end, count);
    } else {
      popOne(in, key, list, end);
    }
  }

  /// Takes and replies an element.
  static void popOne(Invocation in, Slice key, ListValue list, ListEnd end) {
    Slice element = new Slice();
    list.get(end == ListEnd.LEFT ? 0 : list.length() - 1, element);
    reply(in.reply(), element);
    pop(in.db(), key, list, end, 1);
  }

  /// Takes as many elements as there are up to a count, and replies them in the order in which they go.
  static void popMany(Invocation in, Slice key, ListValue list, ListEnd end, long most) {
    long count = Math.min(most, list.length());
    boolean left = end == ListEnd.LEFT;
    reply(in.reply(), list, left ? 0 : list.length() - 1, count, left);
    pop(in.db(), key, list, end, count);
  }

  private static void length(Invocation in) {
    in.reply().integer(Lists.length(in.db(), in.args().get(1)));
  }

  private static void range(Invocation in) {
    Arguments args = in.args();
    long start = args.longAt(2);
    long end = args.longAt(3);
    ListValue list = Lists.find(in.db(), args.get(1));
    long length = list == null ? 0 : list.length();
    long from = first(start, length);
    long count = countFrom(from, end, length);
    if (list == null || count == 0) {
      in.reply().array(0);
    } else {
      reply(in.reply(), list, from, count, true);
    }
  }

  private static void index(Invocation in) {
    Arguments args = in.args();
    ListValue list = Lists.find(in.db(), args.get(1));
    if (list == null) {
      in.reply().nullBulk();
      return;
    }
    long at = position(args.longAt(2), list.length());
    if (at < 0 || at >= list.length()) {
      in.reply().nullBulk();
      return;
    }
    Slice element = new Slice();
    list.get(at, element);
    reply(in.reply(), element);
  }

  private static void set(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    Slice key = args.get(1);
    ListValue list = Lists.findForWrite(db, key);
    if (list == null) {
      throw Errors.noSuchKey();
    }
    long at = position(args.longAt(2), list.length());
    if (at < 0 || at >= list.length()) {
      throw new CommandException("ERR index out of range");
    }
    list.set(at, args.get(3));
    db.event(KeyEventClass.LIST, "lset", key);
    in.reply().ok();
  }

  private static void insert(Invocation in) {
    Arguments args = in.args();
    boolean after = args.is(2, "AFTER");
    if (!after && !args.is(2, "BEFORE")) {
      throw Errors.syntax();
    }
    Database db = in.db();
    Slice key = args.get(1);
    ListValue list = Lists.findForWrite(db, key);
    if (list == null) {
      in.reply().integer(0);
      return;
    }
    long length = list.length();
    long pivot = indexOf(list, args.get(3));
    if (pivot < 0) {
      in.reply().integer(-1);
      return;
    }
    list.insert(after ? pivot + 1 : pivot, args.get(4));
    db.event(KeyEventClass.LIST, "linsert", key);
    in.reply().integer(length + 1);
  }

  /// Index of the first element that equals a value, -1 if there is none.
  private static long indexOf(ListValue list, Slice value) {
    try (ListWalk walk = list.walk(0, list.length(), true)) {
      for (long at = 0; walk.next(); at++) {
        if (walk.element().contentEquals(value)) {
          return at;
        }
      }
    }
    return -1;
  }

  private static void remove(Invocation in) {
    Arguments args = in.args();
    long count = args.longAt(2, -Long.MAX_VALUE, Long.MAX_VALUE);
    Database db = in.db();
    Slice key = args.get(1);
    ListValue list = Lists.findForWrite(db, key);
    if (list == null) {
      in.reply().integer(0);
      return;
    }
    long most = count == 0 ? Long.MAX_VALUE : Math.abs(count);
    long[] found = ListSearch.indexesOf(list, args.get(3), count >= 0, most);
    if (found.length > 0) {
      if (count < 0) {
        Arrays.sort(found);
      }
      boolean all = found.length == list.length();
      list.remove(found, found.length);
      db.event(KeyEventClass.LIST, "lrem", key);
      if (all) {
        db.event(KeyEventClass.GENERIC, "del", key);
      }
    }
    in.reply().integer(found.length);
  }

  private static void trim(Invocation in) {
    Arguments args = in.args();
    long start = args.longAt(2);
    long end = args.longAt(3);
    Database db = in.db();
    Slice key = args.get(1);
    ListValue list = Lists.findForWrite(db, key);
    if (list != null) {
      long length = list.length();
      long from = first(start, length);
      long kept = countFrom(from, end, length);
      if (kept == length) {
        db.touch(key);
      } else {
        list.trim(kept == 0 ? length : from, kept == 0 ? 0 : length - from - kept);
      }
      db.event(KeyEventClass.LIST, "ltrim", key);
      if (kept == 0) {
        db.event(KeyEventClass.GENERIC, "del", key);
      }
    }
    in.reply().ok();
  }

  /// An index whose negative values count from the right end.
  private static long position(long index, long length) {
    return index < 0 ? length + index : index;
  }

  /// The first index of a range that begins here.
  private static long first(long start, long length) {
    return Math.max(0, position(start, length));
  }

  /// How many elements a range has.
  ///
  /// @param from its first index, not negative
  /// @param end its last, negative from the right end
  private static long countFrom(long from, long end, long length) {
    long last = Math.min(position(end, length), length - 1);
    return from > last ? 0 : last - from + 1;
  }
}
