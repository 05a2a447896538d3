package io.varve.server.types;

import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// What is said of hashes as a whole. Stateless.
public final class Hashes {

  private Hashes() {}

  /// What OBJECT ENCODING says of a hash.
  public static String encodingName(KeyEntry entry) {
    return switch (entry.encoding()) {
      case HashFormat.LISTPACK -> "listpack";
      case HashFormat.LISTPACK_WITH_DEADLINES -> "listpackex";
      default -> "hashtable";
    };
  }

  /// @throws RefusedException if the entry is no hash
  static @Nullable KeyEntry checked(@Nullable KeyEntry entry) {
    if (entry != null && entry.type() != ValueType.HASH) {
      throw RefusedException.wrongType();
    }
    return entry;
  }
}
