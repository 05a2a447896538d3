package io.varve.engine.inspect;

import io.varve.engine.block.BlockHandle;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileNames;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.InternalKey;
import io.varve.engine.sstable.SstableFooter;
import io.varve.engine.sstable.SstableProperties;
import io.varve.engine.value.ValueReference;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What [SstableDump] tells of a table, in the order in which it finds it.
///
/// Calls come as: file, footer, properties, range tombstones, then per data block `indexEntry` and its entries, then
/// `end`. A part that cannot be read is left out, and a fault tells why, at the
/// place where it was found.
interface SstableDumpOutput {

  /// Longer values are shown up to here.
  int VALUE_BYTES_SHOWN = 64;

  void file(String name, long bytes);

  void footer(SstableFooter footer);

  void properties(SstableProperties properties);

  /// @param end [KeyRange#END] if it is behind all keys
  void rangeTombstone(Slice start, Slice end, long trailer);

  /// @param contentBytes bytes of the block's content, -1 if it could not be read
  void indexEntry(Slice separator, long trailer, BlockHandle handle, long contentBytes);

  void entry(Slice userKey, long trailer, Slice value);

  void fault(long offset, String detail);

  void end(long faults);

  /// `put`, `put-expiring` (the value begins with the expiry), `delete`, or the code of a kind that is
  /// not known.
  static String kind(long trailer) {
    int code = (int) trailer & 0xff;
    if (code == EntryKind.PUT.code()) {
      return "put";
    }
    if (code == EntryKind.PUT_EXPIRING.code()) {
      return "put-expiring";
    }
    if (code == EntryKind.PUT_APART.code()) {
      return "put-apart";
    }
    if (code == EntryKind.PUT_EXPIRING_APART.code()) {
      return "put-expiring-apart";
    }
    return code == EntryKind.DELETE.code() ? "delete" : "kind " + code;
  }

  /// The version of a separator: its sequence number, or that it lies before all versions.
  static String version(long trailer) {
    return trailer == -1 ? "before all versions" : "@" + InternalKey.sequence(trailer);
  }

  /// Where the value of an entry lies, if it lies apart; else null.
  static @Nullable String place(long trailer, Slice value) {
    int code = (int) trailer & 0xff;
    boolean expiring = code == EntryKind.PUT_EXPIRING_APART.code();
    if (code != EntryKind.PUT_APART.code() && !expiring) {
      return null;
    }
    try {
      Slice encoded = expiring ? Expiry.valueOf(value, new Slice()) : value;
      ValueReference reference = ValueReference.parse(encoded);
      return reference.rawLength()
          + " bytes in "
          + FileNames.nameOf(FileNames.value(Path.of(""), reference.fileNumber()))
          + " at "
          + reference.offset()
          + ", length "
          + reference.length();
    } catch (ByteCursor.MalformedException e) {
      return "no reference: " + e.getMessage();
    }
  }

  /// The start of a value.
  static String preview(Slice value) {
    if (value.length() <= VALUE_BYTES_SHOWN) {
      return value.toString();
    }
    return new Slice(value.segment(), value.offset(), VALUE_BYTES_SHOWN).toString();
  }
}
