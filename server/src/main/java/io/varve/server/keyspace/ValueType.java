package io.varve.server.keyspace;

import org.jspecify.annotations.Nullable;

/// What kind of value a key holds. The codes lie on disk: never renumber.
public enum ValueType {
  STRING(1, "string"),
  LIST(2, "list"),
  SET(3, "set"),
  SORTED_SET(4, "zset"),
  HASH(5, "hash"),
  STREAM(6, "stream");

  private final int code;
  private final String wireName;

  ValueType(int code, String wireName) {
    this.code = code;
    this.wireName = wireName;
  }

  /// The code on disk, 1 to 255.
  public int code() {
    return code;
  }

  /// The name that TYPE replies with.
  public String wireName() {
    return wireName;
  }

  /// The type of a code found on disk, or null if no type has it.
  static @Nullable ValueType findByCode(int code) {
    return switch (code) {
      case 1 -> STRING;
      case 2 -> LIST;
      case 3 -> SET;
      case 4 -> SORTED_SET;
      case 5 -> HASH;
      case 6 -> STREAM;
      default -> null;
    };
  }
}
