package io.varve.server.command;

/// Error replies that many commands share, in Redis' words.
public final class Errors {

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
}
