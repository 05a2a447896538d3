package io.varve.server.command;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Error replies that many commands share, in Redis' words.
public final class Errors {

  /// Characters of a client's text that an error quotes.
  private static final int QUOTED_CHARS_MAX = 128;

  private Errors() {}

  public static CommandException syntax() {
    return new CommandException("ERR syntax error");
  }

  public static CommandException wrongType() {
    return new CommandException(
        "WRONGTYPE Operation against a key holding the wrong kind of value");
  }

  public static CommandException notAnInteger() {
    return new CommandException("ERR value is not an integer or out of range");
  }

  public static CommandException notAFloat() {
    return new CommandException("ERR value is not a valid float");
  }

  public static CommandException noSuchKey() {
    return new CommandException("ERR no such key");
  }

  public static CommandException overflow() {
    return new CommandException("ERR increment or decrement would overflow");
  }

  public static CommandException stringTooLong() {
    return new CommandException("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  }

  /// @param command name in lower case; of a sub-command `config|get`
  public static CommandException wrongArity(String command) {
    return new CommandException("ERR wrong number of arguments for '" + command + "' command");
  }

  /// @param command name in lower case
  public static CommandException invalidExpire(String command) {
    return new CommandException("ERR invalid expire time in '" + command + "' command");
  }

  static CommandException unknownCommand(Arguments args) {
    StringBuilder quoted = new StringBuilder();
    for (int i = 1; i < args.count() && quoted.length() < QUOTED_CHARS_MAX; i++) {
      String argument = quote(args, i, QUOTED_CHARS_MAX - quoted.length());
      quoted.append('\'').append(argument).append("' ");
    }
    return new CommandException(
        "ERR unknown command '"
            + quote(args, 0, QUOTED_CHARS_MAX)
            + "', with args beginning with: "
            + quoted);
  }

  static CommandException unknownSubcommand(Arguments args) {
    return new CommandException(
        "ERR unknown subcommand '"
            + quote(args, 1, QUOTED_CHARS_MAX)
            + "'. Try "
            + args.text(0).toUpperCase(Locale.ROOT)
            + " HELP.");
  }

  /// The beginning of an argument, up to a zero byte as C prints it.
  private static String quote(Arguments args, int index, int bytesMax) {
    byte[] bytes = args.get(index).toByteArray();
    int length = 0;
    while (length < Math.min(bytes.length, bytesMax) && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
