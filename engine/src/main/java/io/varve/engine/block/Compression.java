package io.varve.engine.block;

/// How the payload of a block is stored. The codes lie on disk: never renumber.
public enum Compression {
  NONE(0),
  /// Fast on both sides: for young tables, which are rewritten soon.
  LZ4(1),
  /// Smaller at a third of the speed: for the base, which holds most of the data.
  ZSTD(2);

  private final int code;

  Compression(int code) {
    this.code = code;
  }

  /// The code on disk, 0 to 255.
  public int code() {
    return code;
  }

  /// The compression of a code found on disk.
  ///
  /// @throws IllegalArgumentException if none has this code
  public static Compression ofCode(int code) {
    return switch (code) {
      case 0 -> NONE;
      case 1 -> LZ4;
      case 2 -> ZSTD;
      default -> throw new IllegalArgumentException("compression code " + code + " is unknown");
    };
  }
}
