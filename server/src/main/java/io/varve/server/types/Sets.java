package io.varve.server.types;

import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// What is said of sets as a whole. Stateless.
public final class Sets {

  private Sets() {}

  /// What OBJECT ENCODING says of a set.
  public static String encodingName(KeyEntry entry) {
    return switch (entry.encoding()) {
      case SetFormat.INTSET -> "intset";
      case SetFormat.LISTPACK -> "listpack";
      default -> "hashtable";
    };
  }

  /// @throws RefusedException if the entry is no set
  static @Nullable KeyEntry checked(@Nullable KeyEntry entry) {
    if (entry != null && entry.type() != ValueType.SET) {
      throw RefusedException.wrongType();
    }
    return entry;
  }
}
