package io.varve.engine.version;

import io.varve.engine.bytes.ByteCursor.MalformedException;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.record.RecordReader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads a manifest from front to back.
///
/// A torn tail is an edit that was never acknowledged: it is left out. Damage before the tail throws,
/// or, with a [Visitor#damaged], is reported and stepped over, for tools.
public final class ManifestReader {

  /// Sees what lies in a manifest.
  public interface Visitor {
    /// @param offset where the edit's record starts in the file
    void edit(long offset, VersionEdit edit);

    /// Bad bytes from `offset` on; the next good record is at `resumeOffset`.
    void damaged(long offset, long resumeOffset, String detail);
  }

  private ManifestReader() {}

  /// The state after all edits of a manifest.
  ///
  /// @throws CorruptionException if the file is damaged before its tail
  /// @throws IncompatibleFormatException if it was written by a later version
  public static StoreState read(FileSystem files, Path directory, long number) {
    Path path = FileNames.manifest(directory, number);
    try (ReadableFile file = files.open(path)) {
      RecordReader records = new RecordReader(file, number);
      Slice payload = new Slice();
      if (!records.next(payload)) {
        throw new CorruptionException(file.name(), 0, "no header: " + records.tail());
      }
      checkHeader(file.name(), payload);
      StateReplay replay = new StateReplay();
      try {
        while (records.next(payload)) {
          replay.apply(decode(payload, file.name(), records.recordOffset()));
        }
        return replay.finish();
      } catch (IllegalArgumentException e) {
        throw new CorruptionException(file.name(), records.recordOffset(), message(e));
      }
    }
  }

  /// Shows every edit that can still be read, and what cannot.
  ///
  /// @return why the records end where they do
  public static String visit(FileSystem files, Path path, long number, Visitor visitor) {
    try (ReadableFile file = files.open(path)) {
      RecordReader records = new RecordReader(file, number, visitor::damaged);
      Slice payload = new Slice();
      boolean header = true;
      while (records.next(payload)) {
        long offset = records.recordOffset();
        try {
          if (header && offset == 0) {
            checkHeader(file.name(), payload);
          } else {
            visitor.edit(offset, decode(payload, file.name(), offset));
          }
        } catch (CorruptionException | IncompatibleFormatException e) {
          visitor.damaged(offset, records.endOffset(), message(e));
        }
        header = false;
      }
      return records.tail();
    }
  }

  private static void checkHeader(String file, Slice header) {
    if (header.length() != ManifestFormat.HEADER_BYTES
        || header.segment().get(Layouts.LONG_LE, header.offset()) != ManifestFormat.MAGIC) {
      throw new CorruptionException(file, 0, "expected a manifest header, found " + header);
    }
    int version = header.segment().get(Layouts.INT_LE, header.offset() + 8);
    if (version != ManifestFormat.VERSION) {
      throw new IncompatibleFormatException(
          file, "manifest version " + version + ", this build reads " + ManifestFormat.VERSION);
    }
  }

  private static VersionEdit decode(Slice payload, String file, long offset) {
    try {
      return VersionEditCodec.decode(payload, file);
    } catch (MalformedException | VersionEditCodec.MalformedEditException e) {
      throw new CorruptionException(file, offset, "version edit: " + message(e));
    }
  }

  private static String message(RuntimeException e) {
    @Nullable String message = e.getMessage();
    return message == null ? e.toString() : message;
  }
}
