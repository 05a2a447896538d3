package io.varve.engine.key;

/// What an entry does to its key. The codes lie on disk: never renumber.
public enum EntryKind {
  /// A tombstone: the key is gone as of this sequence number. A kind, not a value, so that every
  /// value a user may think of can be stored.
  DELETE(1),
  /// The key has this value as of this sequence number.
  PUT(2);

  private final int code;

  EntryKind(int code) {
    this.code = code;
  }

  /// The code on disk, 1 to 255. 3 is reserved for range tombstones.
  public int code() {
    return code;
  }

  /// The kind of a code found on disk.
  ///
  /// @throws IllegalArgumentException if no kind has this code
  public static EntryKind ofCode(int code) {
    return switch (code) {
      case 1 -> DELETE;
      case 2 -> PUT;
      default -> throw new IllegalArgumentException("entry kind " + code + " is unknown");
    };
  }
}
