package io.varve.server.replica;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the commands of one database are, of a stream that is about all of them. Stateless.
final class SingleDatabase {

  /// They have nothing to do with a database.
  private static final Set<String> OF_NO_DATABASE = Set.of("MULTI", "EXEC", "FUNCTION", "PING");

  private static final byte[] FLUSHDB = Address.bytes("FLUSHDB");

  private SingleDatabase() {}

  /// @param name of the command, in upper case
  /// @param current what the stream has selected
  /// @param wanted the database that is followed
  /// @return what has to be run for it; null for nothing
  /// @throws ImportException if it moves keys from one database to another
  static byte @Nullable [][] of(byte[][] command, String name, int current, int wanted)
      throws ImportException {
    if (OF_NO_DATABASE.contains(name)) {
      return command;
    }
    if (name.equals("FLUSHALL")) {
      return new byte[][] {FLUSHDB};
    }
    if (name.equals("SWAPDB")
        || name.equals("MOVE")
        || (name.equals("COPY") && namesDatabase(command))) {
      throw new ImportException(
          "the source runs "
              + name
              + ", which is about two databases: one alone cannot be followed any further");
    }
    return current == wanted ? command : null;
  }

  private static boolean namesDatabase(byte[][] command) {
    for (int i = 3; i < command.length; i++) {
      if (new String(command[i], StandardCharsets.ISO_8859_1).equalsIgnoreCase("DB")) {
        return true;
      }
    }
    return false;
  }
}
