package io.varve.engine.version;

/// Layout of the manifest and of `CURRENT`; `docs/format/manifest.md`.
///
/// ```
/// MANIFEST-n := record*                framed as docs/format/record.md says, bound to number n
/// record 0   := magic u64, version u32 (little-endian)
/// record i   := edit                   [VersionEditCodec]
/// CURRENT    := "varve-current 1 MANIFEST-n " crc "\n"
/// crc        := CRC-32C of all before it, eight hexadecimal digits
/// ```
final class ManifestFormat {

  /// "VARVEMAN" when read as bytes.
  static final long MAGIC = 0x4E414D4556524156L;

  static final int VERSION = 1;

  static final int HEADER_BYTES = 12;

  static final String CURRENT_PREFIX = "varve-current 1 ";

  /// More than any valid `CURRENT` has.
  static final int CURRENT_BYTES_MAX = 128;

  /// Tables per edit of a fresh snapshot: keeps records small however large the store.
  static final int SNAPSHOT_TABLES_PER_EDIT = 1000;

  private ManifestFormat() {}
}
