package io.varve.engine.key;

/// What an entry does to its key. The codes lie on disk: never renumber.
///
/// A put says in its kind what stands in front of its value and where the value is, so that a plain one
/// costs nothing for what it does not have. Several codes, one meaning: whether a key has a value.
public enum EntryKind {
  /// A tombstone: the key is gone as of this sequence number. A kind, not a value, so that every
  /// value a user may think of can be stored.
  DELETE(1),
  /// The key has this value as of this sequence number.
  PUT(2),
  /// A range tombstone: every key from the entry's key on up to its value, exclusive, is gone as of
  /// this sequence number.
  RANGE_DELETE(3),
  /// A put with an [Expiry] in front of the value.
  PUT_EXPIRING(4),
  /// A put whose value lies apart from the tree; what stands here is a reference.
  PUT_APART(5),
  /// A put with an [Expiry] in front of a reference.
  PUT_EXPIRING_APART(6);

  private final int code;

  EntryKind(int code) {
    this.code = code;
  }

  /// The code on disk, 1 to 255.
  public int code() {
    return code;
  }

  /// Whether the key has a value by this entry.
  public boolean isPut() {
    return this != DELETE && this != RANGE_DELETE;
  }

  /// Whether an [Expiry] stands in front of the value.
  public boolean isExpiring() {
    return this == PUT_EXPIRING || this == PUT_EXPIRING_APART;
  }

  /// Whether the entry refers to a value that lies elsewhere.
  public boolean isApart() {
    return this == PUT_APART || this == PUT_EXPIRING_APART;
  }

  /// The kind of a code found on disk.
  ///
  /// @throws IllegalArgumentException if no kind has this code
  public static EntryKind ofCode(int code) {
    return switch (code) {
      case 1 -> DELETE;
      case 2 -> PUT;
      case 3 -> RANGE_DELETE;
      case 4 -> PUT_EXPIRING;
      case 5 -> PUT_APART;
      case 6 -> PUT_EXPIRING_APART;
      default -> throw new IllegalArgumentException("entry kind " + code + " is unknown");
    };
  }
}
