package io.varve.engine.value;

/// Chapter: `docs/format/value-file.md`. The layout of a value file, version 1.
///
/// ```
/// value file := value block *, directory block, footer
/// ```
///
/// Blocks are those of `io.varve.engine.block.BlockFormat`: payload, type, and a checksum that is
/// bound to the file's number and the block's offset. A value block's payload is one value; the
/// directory says how long each of them is. The footer has a fixed size and ends the file.
public final class ValueFileFormat {

  /// The last eight bytes of every value file: "VARVEVAL" when read as text.
  public static final long MAGIC = 0x4C41564556524156L;

  public static final int VERSION = 1;

  /// Bytes of the footer.
  public static final int FOOTER_BYTES = 64;

  // Offsets in the footer.
  static final int FOOTER_DIRECTORY_OFFSET = 0;
  static final int FOOTER_VALUE_COUNT = 8;
  static final int FOOTER_RAW_BYTES = 16;
  static final int FOOTER_FILE_NUMBER = 24;
  static final int FOOTER_DIRECTORY_LENGTH = 32;
  static final int FOOTER_RESERVED = 36;
  static final int FOOTER_VERSION = 48;
  static final int FOOTER_CHECKSUM = 52;
  static final int FOOTER_MAGIC = 56;

  private ValueFileFormat() {}
}
