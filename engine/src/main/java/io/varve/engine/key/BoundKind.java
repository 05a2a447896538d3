package io.varve.engine.key;

import io.varve.engine.bytes.Slice;

/// Whether a bound belongs to what it bounds. The codes lie on disk: never renumber.
public enum BoundKind {
  INCLUSIVE(0),
  EXCLUSIVE(1);

  private final int code;

  BoundKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /// @throws IllegalArgumentException if no kind has this code
  public static BoundKind ofCode(int code) {
    return switch (code) {
      case 0 -> INCLUSIVE;
      case 1 -> EXCLUSIVE;
      default -> throw new IllegalArgumentException("bound kind " + code + " is unknown");
    };
  }

  /// Whether an upper bound of this kind at a key leaves out everything from another key on.
  public boolean endsBefore(Slice bound, Slice key) {
    int order = bound.compareTo(key);
    return order < 0 || (order == 0 && this == EXCLUSIVE);
  }
}
