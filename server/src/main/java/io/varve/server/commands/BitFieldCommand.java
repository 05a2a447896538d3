package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.BitField;
import io.varve.server.types.BitField.Overflow;
import io.varve.server.types.Bitmaps;
import io.varve.server.types.Strings;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// BITFIELD and BITFIELD_RO: all operations are read before the first is done. Stateless.
final class BitFieldCommand {

  private enum Verb {
    GET,
    SET,
    INCRBY
  }

  /// @param bit offset of the field's first bit
  /// @param number to set or to add
  private record Operation(Verb verb, BitField field, long bit, long number, Overflow overflow) {}

  private BitFieldCommand() {}

  static void execute(Invocation in) {
    run(in, parse(in.args()));
  }

  static void executeReadOnly(Invocation in) {
    List<Operation> operations = parse(in.args());
    for (Operation operation : operations) {
      if (operation.verb != Verb.GET) {
        throw new CommandException("ERR BITFIELD_RO only supports the GET subcommand");
      }
    }
    run(in, operations);
  }

  private static List<Operation> parse(Arguments args) {
    List<Operation> operations = new ArrayList<>();
    Overflow overflow = Overflow.WRAP;
    int at = 2;
    while (at < args.count()) {
      int left = args.count() - at - 1;
      if (args.is(at, "OVERFLOW") && left >= 1) {
        overflow = overflowAt(args, at + 1);
        at += 2;
        continue;
      }
      Verb verb = verbAt(args, at, left);
      BitField field = fieldAt(args, at + 1);
      long bit = offsetAt(args, at + 2, field.width());
      boolean writes = verb != Verb.GET;
      long number = writes ? args.longAt(at + 3) : 0;
      operations.add(new Operation(verb, field, bit, number, overflow));
      at += writes ? 4 : 3;
    }
    return operations;
  }

  private static Verb verbAt(Arguments args, int at, int left) {
    if (args.is(at, "GET") && left >= 2) {
      return Verb.GET;
    }
    if (args.is(at, "SET") && left >= 3) {
      return Verb.SET;
    }
    if (args.is(at, "INCRBY") && left >= 3) {
      return Verb.INCRBY;
    }
    throw Errors.syntax();
  }

  private static Overflow overflowAt(Arguments args, int index) {
    for (Overflow overflow : Overflow.values()) {
      if (args.is(index, overflow.name())) {
        return overflow;
      }
    }
    throw new CommandException("ERR Invalid OVERFLOW type specified");
  }

  private static BitField fieldAt(Arguments args, int index) {
    Slice text = args.get(index);
    boolean signed = !text.isEmpty() && text.get(0) == 'i';
    int width = 0;
    for (int i = 1; i < text.length() && width >= 0; i++) {
      int digit = text.get(i) - '0';
      boolean leadingZero = i == 1 && digit == 0;
      width = digit < 0 || digit > 9 || leadingZero || width > 64 ? -1 : width * 10 + digit;
    }
    boolean known = signed || (!text.isEmpty() && text.get(0) == 'u');
    if (!known || width < 1 || width > (signed ? 64 : 63)) {
      throw new CommandException(
          "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but"
              + " i64 is.");
    }
    return new BitField(signed, width);
  }

  /// `#3` is three widths of the field.
  private static long offsetAt(Arguments args, int index, int width) {
    CommandException noOffset =
        new CommandException("ERR bit offset is not an integer or out of range");
    long bit;
    if (args.length(index) > 0 && args.get(index).get(0) == '#') {
      String text = args.text(index).substring(1);
      BigInteger fields = text.matches("0|[1-9][0-9]{0,18}") ? new BigInteger(text) : null;
      if (fields == null || fields.bitLength() > 40) {
        throw noOffset;
      }
      bit = fields.longValue() * width;
    } else {
      bit = args.longAt(index, noOffset);
    }
    if (bit < 0 || bit + width - 1 > Bitmaps.BIT_MAX) {
      throw noOffset;
    }
    return bit;
  }

  private static void run(Invocation in, List<Operation> operations) {
    Database db = in.db();
    Slice key = in.args().get(1);
    ReplyWriter reply = in.reply();
    boolean writes = operations.stream().anyMatch(operation -> operation.verb != Verb.GET);
    KeyEntry entry = writes ? Strings.findForWrite(db, key) : Strings.find(db, key);
    if (writes) {
      entry = grow(db, key, entry, operations);
    }
    boolean changed = false;
    reply.array(operations.size());
    for (Operation operation : operations) {
      BitField field = operation.field;
      long before = field.decode(Bitmaps.bits(db, entry, operation.bit, field.width()));
      if (operation.verb == Verb.GET) {
        reply.integer(before);
        continue;
      }
      BigInteger number = BigInteger.valueOf(operation.number);
      BigInteger wanted =
          operation.verb == Verb.SET ? number : BigInteger.valueOf(before).add(number);
      if (!field.holds(wanted) && operation.overflow == Overflow.FAIL) {
        reply.nullBulk();
        continue;
      }
      long stored =
          field.holds(wanted) ? wanted.longValue() : field.fit(wanted, operation.overflow);
      Bitmaps.putBits(db, key, entry, operation.bit, field.width(), stored);
      entry = Strings.findForWrite(db, key);
      changed = true;
      reply.integer(operation.verb == Verb.SET ? before : stored);
    }
    if (changed) {
      db.event(KeyEventClass.STRING, "setbit", key);
    }
  }

  /// As Redis, which makes room for all fields first, in a string that may grow, be they set in the end
  /// or not.
  private static @Nullable KeyEntry grow(
      Database db, Slice key, @Nullable KeyEntry entry, List<Operation> operations) {
    long end = 0;
    for (Operation operation : operations) {
      if (operation.verb != Verb.GET) {
        end = Math.max(end, ((operation.bit + operation.field.width() - 1) >>> 3) + 1);
      }
    }
    if (entry != null && end <= Strings.length(entry)) {
      return Strings.isGrown(entry) ? entry : Strings.makeGrown(db, key, entry);
    }
    Strings.setRange(db, key, end - 1, Slice.of(new byte[1]));
    return Strings.findForWrite(db, key);
  }
}
