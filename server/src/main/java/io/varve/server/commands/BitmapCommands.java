package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
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
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.BitOperation;
import io.varve.server.types.Bitmaps;
import io.varve.server.types.Strings;
import java.util.List;

/// Commands on strings as rows of bits, but for [BitFieldCommand]. Stateless.
public final class BitmapCommands {

  private BitmapCommands() {}

  public static List<Command> table() {
    return List.of(
        define("setbit", 4, BitmapCommands::setBit, "2.2.0", WRITE, DENYOOM)
            .summary("Sets or clears the bit at an offset of a string.")
            .build(),
        define("getbit", 3, BitmapCommands::getBit, "2.2.0", READONLY, FAST)
            .summary("Returns the bit at an offset of a string.")
            .build(),
        define("bitcount", -2, BitmapCommands::count, "2.6.0", READONLY)
            .complexity("O(N) with the length of the part")
            .summary("Counts the ones in a string.")
            .build(),
        define("bitpos", -3, BitmapCommands::position, "2.8.7", READONLY)
            .complexity("O(N) with the length of the part")
            .summary("Finds the first one, or the first zero, in a string.")
            .build(),
        define("bitop", -4, BitmapCommands::combine, "2.6.0", WRITE, DENYOOM)
            .keys(new KeySpec(2, -1, 1))
            .complexity("O(N) with the length of the longest string")
            .summary("Combines strings bit by bit and stores the result.")
            .build(),
        define("bitfield", -2, BitFieldCommand::execute, "3.2.0", WRITE, DENYOOM)
            .complexity("O(1) for each operation")
            .summary("Reads, sets and increments whole numbers of any width within a string.")
            .build(),
        define("bitfield_ro", -2, BitFieldCommand::executeReadOnly, "6.0.0", READONLY, FAST)
            .complexity("O(1) for each operation")
            .summary("Reads whole numbers of any width within a string.")
            .build());
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.BITMAP)
        .group("bitmap")
        .since(since);
  }

  /// @throws CommandException if the argument is no offset that a string can have
  private static long offsetAt(Arguments args, int index) {
    long bit =
        args.longAt(
            index, new CommandException("ERR bit offset is not an integer or out of range"));
    Bitmaps.checkOffset(bit);
    return bit;
  }

  private static void setBit(Invocation in) {
    Arguments args = in.args();
    long bit = offsetAt(args, 2);
    CommandException noBit = new CommandException("ERR bit is not an integer or out of range");
    long value = args.longAt(3, noBit);
    if (value != 0 && value != 1) {
      throw noBit;
    }
    in.reply().integer(Bitmaps.set(in.db(), args.get(1), bit, (int) value));
    in.db().event(KeyEventClass.STRING, "setbit", args.get(1));
  }

  private static void getBit(Invocation in) {
    long bit = offsetAt(in.args(), 2);
    in.reply().integer(Bitmaps.get(in.db(), Strings.find(in.db(), in.args().get(1)), bit));
  }

  /// The arguments of a key that does not exist are not looked at.
  private static void count(Invocation in) {
    Arguments args = in.args();
    KeyEntry entry = Strings.find(in.db(), args.get(1));
    if (entry == null) {
      in.reply().integer(0);
      return;
    }
    if (args.count() == 3 || args.count() > 5) {
      throw Errors.syntax();
    }
    boolean ranged = args.count() > 3;
    long start = ranged ? args.longAt(2) : 0;
    long end = ranged ? args.longAt(3) : -1;
    boolean inBits = args.count() == 5 && isInBits(args, 4);
    if (start < 0 && end < 0 && start > end) {
      in.reply().integer(0);
      return;
    }
    BitRange range = BitRange.of(start, end, inBits, Strings.length(entry));
    in.reply()
        .integer(range.isEmpty() ? 0 : Bitmaps.count(in.db(), entry, range.from(), range.to()));
  }

  private static void position(Invocation in) {
    Arguments args = in.args();
    long value = args.longAt(2);
    if (value != 0 && value != 1) {
      throw new CommandException("ERR The bit argument must be 1 or 0.");
    }
    KeyEntry entry = Strings.find(in.db(), args.get(1));
    if (entry == null) {
      in.reply().integer(value == 1 ? -1 : 0);
      return;
    }
    if (args.count() > 6) {
      throw Errors.syntax();
    }
    long start = args.count() > 3 ? args.longAt(3) : 0;
    boolean inBits = args.count() > 5 && isInBits(args, 5);
    boolean endGiven = args.count() > 4;
    long end = endGiven ? args.longAt(4) : -1;
    BitRange range = BitRange.of(start, end, inBits, Strings.length(entry));
    long found =
        range.isEmpty() ? -1 : Bitmaps.find(in.db(), entry, (int) value, range.from(), range.to());
    if (found < 0 && value == 0 && !endGiven && !range.isEmpty()) {
      // Behind the end there are zeros without end.
      found = range.to() + 1;
    }
    in.reply().integer(found);
  }

  private static boolean isInBits(Arguments args, int index) {
    if (args.is(index, "BIT")) {
      return true;
    }
    if (args.is(index, "BYTE")) {
      return false;
    }
    throw Errors.syntax();
  }

  private static void combine(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    BitOperation operation = operationAt(args);
    if (operation == BitOperation.NOT && args.count() != 4) {
      throw new CommandException("ERR BITOP NOT must be called with a single source key.");
    }
    Slice[] strings = new Slice[args.count() - 3];
    for (int i = 0; i < strings.length; i++) {
      KeyEntry entry = new KeyEntry();
      boolean found = db.find(args.get(i + 3), entry);
      strings[i] = found ? Strings.bytes(db, Strings.checked(entry)) : new Slice();
    }
    byte[] result = Bitmaps.combine(operation, strings);
    Slice target = args.get(2);
    KeyEntry old = db.findForWrite(target);
    if (result.length == 0) {
      if (old != null) {
        db.remove(target, old);
        db.event(KeyEventClass.GENERIC, "del", target);
      }
    } else {
      Strings.setGrown(db, target, old, Slice.of(result));
      db.event(KeyEventClass.STRING, "set", target);
    }
    in.reply().integer(result.length);
  }

  private static BitOperation operationAt(Arguments args) {
    for (BitOperation operation : BitOperation.values()) {
      if (args.is(1, operation.name())) {
        return operation;
      }
    }
    throw Errors.syntax();
  }
}
