package io.varve.server.commands;

import io.varve.server.command.CommandException;
import java.nio.charset.StandardCharsets;

/// What a client may call itself: it must fit into the lines of CLIENT LIST.
final class ClientNames {

  private ClientNames() {}

  /// @param what begins the error: `Client names`, `lib-name`
  /// @return the name as text
  static String check(String what, byte[] name) {
    for (byte b : name) {
      if (b < '!' || b > '~') {
        throw new CommandException(
            "ERR " + what + " cannot contain spaces, newlines or special characters.");
      }
    }
    return new String(name, StandardCharsets.US_ASCII);
  }
}
