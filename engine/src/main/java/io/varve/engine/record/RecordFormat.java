package io.varve.engine.record;

/// Layout of framed records; `docs/format/record.md`.
///
/// ```
/// file     := block*                    blocks of 32 KiB, the last one may be short
/// block    := fragment* padding         padding: fewer than 7 bytes, zeros
/// fragment := checksum u32, length u16, type u8, payload[length]
/// checksum := CRC-32C of type, payload, file number u64, file offset of the fragment u64
/// record   := FULL | FIRST MIDDLE* LAST
/// file     := (record | MARK | PAD)*    seen as fragments
/// MARK     := synced u64                all bytes below this file offset were synced before the mark
///                                       was written; never cut into fragments
/// PAD      := zeros                     fills a block whose rest is too small for a mark
/// ```
///
/// All numbers are little-endian. A fragment is valid at one offset of one file only: what an earlier
/// life of a recycled file left behind is not mistaken for the present one.
public final class RecordFormat {

  public static final int BLOCK_BYTES = 32 << 10;
  public static final int HEADER_BYTES = 7;

  /// Types of fragments. They lie on disk: never renumber. 0 is what preallocated space reads as.
  static final int FULL = 1;

  static final int FIRST = 2;
  static final int MIDDLE = 3;
  static final int LAST = 4;
  static final int MARK = 5;
  static final int PAD = 6;

  static final int TYPE_MAX = PAD;

  /// Offsets in a fragment.
  static final int LENGTH_OFFSET = 4;

  static final int TYPE_OFFSET = 6;

  /// Payload of a mark.
  static final int MARK_PAYLOAD_BYTES = 8;

  static final int MARK_BYTES = HEADER_BYTES + MARK_PAYLOAD_BYTES;

  private RecordFormat() {}

  /// The most bytes that a record can take, framed, wherever in a block it starts, together with a
  /// mark before it.
  ///
  /// @param payloadBytes bytes in the record
  public static long framedBytesMax(long payloadBytes) {
    long fragments = payloadBytes / (BLOCK_BYTES - HEADER_BYTES) + 2;
    return payloadBytes + (fragments + 1) * HEADER_BYTES + 2 * MARK_BYTES;
  }

  static String typeName(int type) {
    return switch (type) {
      case FULL -> "FULL";
      case FIRST -> "FIRST";
      case MIDDLE -> "MIDDLE";
      case LAST -> "LAST";
      case MARK -> "MARK";
      case PAD -> "PAD";
      default -> "type " + type;
    };
  }
}
