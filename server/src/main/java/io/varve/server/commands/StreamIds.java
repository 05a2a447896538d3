package io.varve.server.commands;

import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.types.StreamId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads ids of stream entries from arguments, as Redis does.
final class StreamIds {

  /// Longer texts are no ids.
  private static final int CHARS_MAX = 127;

  /// The sequence number of an id that names the milliseconds only, at the end of an interval.
  private static final long LAST_SEQUENCE = -1;

  private StreamIds() {}

  /// An id that stands for an entry: `5-1`, or `5` for `5-0`.
  ///
  /// @throws CommandException "Invalid stream ID ..."
  static StreamId exact(Arguments args, int index) {
    StreamId id = findExact(args, index);
    if (id == null) {
      throw invalid();
    }
    return id;
  }

  /// As [#exact(Arguments, int)], null if the argument is none.
  static @Nullable StreamId findExact(Arguments args, int index) {
    return find(textAt(args, index), 0, true);
  }

  /// An id, or `-` and `+` for the smallest and the greatest.
  static StreamId withSigns(Arguments args, int index) {
    return required(find(textAt(args, index), 0, false));
  }

  /// The beginning of an interval; behind a parenthesis the id itself is outside.
  static StreamId intervalStart(Arguments args, int index) {
    String text = textAt(args, index);
    if (!isOpen(text)) {
      return required(find(text, 0, false));
    }
    StreamId next = required(find(text.substring(1), 0, true)).next();
    if (next == null) {
      throw new CommandException("ERR invalid start ID for the interval");
    }
    return next;
  }

  /// The end of an interval; behind a parenthesis the id itself is outside.
  static StreamId intervalEnd(Arguments args, int index) {
    String text = textAt(args, index);
    if (!isOpen(text)) {
      return required(find(text, LAST_SEQUENCE, false));
    }
    StreamId previous = required(find(text.substring(1), LAST_SEQUENCE, true)).previous();
    if (previous == null) {
      throw new CommandException("ERR invalid end ID for the interval");
    }
    return previous;
  }

  /// The milliseconds of `5-*`, or null if the argument has another form.
  static @Nullable Long findMillisOfPartial(Arguments args, int index) {
    String text = textAt(args, index);
    int dash = text.indexOf('-');
    if (dash < 0 || !text.substring(dash + 1).equals("*") || text.length() > CHARS_MAX) {
      return null;
    }
    return findUnsigned(text.substring(0, dash));
  }

  static CommandException invalid() {
    return new CommandException("ERR Invalid stream ID specified as stream command argument");
  }

  private static boolean isOpen(String text) {
    return text.length() > 1 && text.charAt(0) == '(';
  }

  private static StreamId required(@Nullable StreamId id) {
    if (id == null) {
      throw invalid();
    }
    return id;
  }

  /// @param sequence what stands for a missing sequence number
  private static @Nullable StreamId find(String text, long sequence, boolean exact) {
    if (text.length() > CHARS_MAX) {
      return null;
    }
    if (text.equals("-") || text.equals("+")) {
      return exact ? null : text.equals("-") ? StreamId.MIN : StreamId.MAX;
    }
    int dash = text.indexOf('-');
    Long millis = findUnsigned(dash < 0 ? text : text.substring(0, dash));
    Long number = dash < 0 ? Long.valueOf(sequence) : findUnsigned(text.substring(dash + 1));
    return millis == null || number == null ? null : new StreamId(millis, number);
  }

  /// An unsigned 64-bit number as `strtoull` reads it: blanks, a sign and zeros may stand in front.
  private static @Nullable Long findUnsigned(String text) {
    int at = 0;
    while (at < text.length() && isBlank(text.charAt(at))) {
      at++;
    }
    boolean negative = at < text.length() && text.charAt(at) == '-';
    int digits = negative || (at < text.length() && text.charAt(at) == '+') ? at + 1 : at;
    if (digits == text.length() || (negative && isCanonicalNegative(text))) {
      return null;
    }
    long value = 0;
    for (int i = digits; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      boolean overflows =
          Long.compareUnsigned(value, Long.divideUnsigned(-1L, 10)) > 0
              || (value == Long.divideUnsigned(-1L, 10) && digit > 5);
      if (digit < 0 || digit > 9 || overflows) {
        return null;
      }
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }

  /// Whether a text with a minus is a 64-bit integer in its only spelling: those are out of range.
  private static boolean isCanonicalNegative(String text) {
    if (text.charAt(0) != '-' || text.length() < 2 || text.charAt(1) == '0') {
      return false;
    }
    try {
      Long.parseLong(text);
      return true;
    } catch (NumberFormatException outside) {
      return false;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static String textAt(Arguments args, int index) {
    return args.length(index) > CHARS_MAX + 1
        ? "x".repeat(CHARS_MAX + 2)
        : new String(args.bytes(index), StandardCharsets.ISO_8859_1);
  }
}
