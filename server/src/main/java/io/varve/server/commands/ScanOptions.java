package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.keyspace.Glob;
import io.varve.server.keyspace.ValueType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What SCAN, HSCAN, SSCAN and ZSCAN take: a cursor, `MATCH pattern`, `COUNT number`, and of SCAN alone
/// `TYPE name`.
final class ScanOptions {

  private static final int COUNT_DEFAULT = 10;

  private @Nullable Glob glob;
  private @Nullable String type;
  private long count = COUNT_DEFAULT;

  private ScanOptions() {}

  static ScanOptions ofScan(Arguments args) {
    return parse(args, 2, true);
  }

  /// Of a command that walks the elements of a key.
  static ScanOptions ofElements(Arguments args) {
    return parse(args, 3, false);
  }

  private static ScanOptions parse(Arguments args, int from, boolean ofKeys) {
    ScanOptions options = new ScanOptions();
    for (int i = from; i < args.count(); i += 2) {
      if (i + 1 == args.count()) {
        throw Errors.syntax();
      }
      if (args.is(i, "COUNT")) {
        options.count = args.longAt(i + 1);
        if (options.count < 1) {
          throw Errors.syntax();
        }
      } else if (args.is(i, "MATCH")) {
        options.glob = new Glob(args.get(i + 1));
      } else if (ofKeys && args.is(i, "TYPE")) {
        options.type = new String(args.bytes(i + 1), StandardCharsets.ISO_8859_1);
      } else {
        throw Errors.syntax();
      }
    }
    return options;
  }

  /// A cursor as C's `strtoul` reads it, which is what Redis takes: with a sign, or empty for 0.
  ///
  /// @throws CommandException "invalid cursor"
  static long cursor(Arguments args, int index) {
    String text = new String(args.bytes(index), StandardCharsets.ISO_8859_1);
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String digits = signed ? text.substring(1) : text;
    if (text.isEmpty()) {
      return 0;
    }
    if (digits.isEmpty() || digits.charAt(0) < '0' || digits.charAt(0) > '9') {
      throw invalidCursor();
    }
    try {
      long number = Long.parseUnsignedLong(digits);
      return text.startsWith("-") ? -number : number;
    } catch (NumberFormatException malformed) {
      throw invalidCursor();
    }
  }

  private static CommandException invalidCursor() {
    return new CommandException("ERR invalid cursor");
  }

  /// Elements that a call looks at, about.
  long count() {
    return count;
  }

  /// What every match of the pattern begins with.
  Slice prefix() {
    return glob == null ? new Slice() : glob.prefix();
  }

  /// Whether the pattern, if there is one, matches.
  boolean accepts(Slice name) {
    Glob pattern = glob;
    return pattern == null || pattern.matchesAll() || pattern.matches(name);
  }

  boolean accepts(ValueType found) {
    return type == null || found.wireName().equalsIgnoreCase(type);
  }

  /// Begins the reply: the cursor to go on with; what was found follows as an array.
  static void replyCursor(ReplyWriter reply, long cursor) {
    reply.array(2);
    reply.bulkString(Long.toUnsignedString(cursor));
  }
}
