package io.varve.engine.backup;

import io.varve.engine.backup.BackupManifest.Kind;
import io.varve.engine.backup.BackupManifest.StoredFile;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.ByteCursor.MalformedException;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.file.WritableFile;
import io.varve.engine.record.RecordReader;
import io.varve.engine.record.RecordWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Names and layout of a backup directory; `docs/format/backup.md`.
///
/// ```
/// BACKUPS                         "varve-backups 1 <store id> <crc>\n"
/// LOCK                            held by whoever works here
/// tables/000123-4096-1a2b3c4d.sst a table: number, bytes, checksum
/// 000001/                         what belongs to backup 1 alone
/// 000001.backup                   its manifest, which makes it one
///
/// manifest := header file* end    records, framed as docs/format/record.md says, bound to the id
/// header   := magic u64, version u32, id u64, sequence u64, flushed sequence u64, millis u64,
///             copied bytes u64, store id, timeline (length-prefixed)
/// file     := 1 u8, kind u8, bytes u64, crc u32, path, name (length-prefixed)
/// end      := 2 u8, files u32
/// ```
final class BackupFormat {

  /// "VARVEBAK" when read as bytes.
  private static final long MAGIC = 0x4B41424556524156L;

  private static final int VERSION = 1;

  // Kinds of records. They lie on disk: never renumber.
  private static final int FILE = 1;
  private static final int END = 2;

  static final String DIRECTORY_FILE = "BACKUPS";
  static final String DIRECTORY_KIND = "varve-backups";
  static final String TABLES = "tables";
  private static final String MANIFEST_SUFFIX = ".backup";
  private static final int DIGITS = 6;

  private BackupFormat() {}

  static String digits(long id) {
    return String.format(Locale.ROOT, "%0" + DIGITS + "d", id);
  }

  static String manifestName(long id) {
    return digits(id) + MANIFEST_SUFFIX;
  }

  /// The id of a backup from the name of its manifest, or -1.
  static long idOfManifest(String name) {
    return name.endsWith(MANIFEST_SUFFIX)
        ? idOfFolder(name.substring(0, name.length() - MANIFEST_SUFFIX.length()))
        : -1;
  }

  /// The id of a backup from the name of its folder, or -1.
  static long idOfFolder(String name) {
    if (name.length() < DIGITS || name.length() > 18) {
      return -1;
    }
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return -1;
      }
    }
    return Long.parseLong(name);
  }

  /// Where a table lies: the name is its identity.
  static String tablePath(String name, long bytes, int crc) {
    int dot = name.lastIndexOf('.');
    return TABLES
        + "/"
        + name.substring(0, dot)
        + "-"
        + bytes
        + "-"
        + ChecksummedLine.hex(crc)
        + name.substring(dot);
  }

  /// Writes a manifest under its name, whole or not at all, durable on return.
  static void write(FileSystem files, Path directory, BackupManifest manifest) {
    Path path = directory.resolve(manifestName(manifest.id()));
    Path temporary = FileNames.temporary(path);
    if (files.exists(temporary)) {
      files.delete(temporary);
    }
    try (WritableFile file = files.create(temporary)) {
      RecordWriter records = new RecordWriter(file, manifest.id());
      GrowableBuffer buffer = new GrowableBuffer(4096);
      putHeader(manifest, buffer);
      records.append(buffer.slice());
      for (StoredFile stored : manifest.files()) {
        buffer.clear();
        putFile(stored, buffer);
        records.append(buffer.slice());
      }
      buffer.clear();
      buffer.putByte(END);
      buffer.putInt(manifest.files().size());
      records.append(buffer.slice());
      records.finish();
    }
    files.rename(temporary, path);
    files.syncDirectory(directory);
  }

  private static void putHeader(BackupManifest manifest, GrowableBuffer into) {
    into.putLong(MAGIC);
    into.putInt(VERSION);
    into.putLong(manifest.id());
    into.putLong(manifest.sequence());
    into.putLong(manifest.flushedSequence());
    into.putLong(manifest.millis());
    into.putLong(manifest.copiedBytes());
    into.putLengthPrefixed(Slice.of(manifest.storeId()));
    into.putLengthPrefixed(Slice.of(manifest.timeline()));
  }

  private static void putFile(StoredFile file, GrowableBuffer into) {
    into.putByte(FILE);
    into.putByte(file.kind().code());
    into.putLong(file.bytes());
    into.putInt(file.crc());
    into.putLengthPrefixed(Slice.of(file.path()));
    into.putLengthPrefixed(Slice.of(file.name()));
  }

  /// Reads a manifest.
  ///
  /// @throws CorruptionException if it is not whole
  /// @throws IncompatibleFormatException if a later version wrote it
  static BackupManifest read(FileSystem files, Path directory, long id) {
    try (ReadableFile file = files.open(directory.resolve(manifestName(id)))) {
      RecordReader records = new RecordReader(file, id);
      Slice record = new Slice();
      BackupManifest header = null;
      List<StoredFile> stored = new ArrayList<>();
      while (records.next(record)) {
        try {
          ByteCursor cursor = new ByteCursor(record);
          if (header == null) {
            header = readHeader(cursor, file.name());
          } else if (readRecord(cursor, stored)) {
            return withFiles(header, stored);
          }
        } catch (MalformedException e) {
          throw new CorruptionException(
              file.name(), records.recordOffset(), String.valueOf(e.getMessage()));
        }
      }
      throw new CorruptionException(
          file.name(), records.endOffset(), "it ends too early: " + records.tail());
    }
  }

  private static BackupManifest withFiles(BackupManifest header, List<StoredFile> files) {
    return new BackupManifest(
        header.id(),
        header.storeId(),
        header.timeline(),
        header.sequence(),
        header.flushedSequence(),
        header.millis(),
        header.copiedBytes(),
        files);
  }

  private static BackupManifest readHeader(ByteCursor cursor, String file) {
    if (cursor.readLong() != MAGIC) {
      throw new CorruptionException(file, 0, "it is no manifest of a backup");
    }
    int version = cursor.readInt();
    if (version != VERSION) {
      throw new IncompatibleFormatException(
          file, "backup version " + version + ", this build reads " + VERSION);
    }
    long id = cursor.readLong();
    long sequence = cursor.readLong();
    long flushed = cursor.readLong();
    long millis = cursor.readLong();
    long copied = cursor.readLong();
    return new BackupManifest(
        id, readText(cursor), readText(cursor), sequence, flushed, millis, copied, List.of());
  }

  /// @return whether it was the end
  private static boolean readRecord(ByteCursor cursor, List<StoredFile> files) {
    int kind = cursor.readByte();
    if (kind == END) {
      int count = cursor.readInt();
      if (count != files.size()) {
        throw new MalformedException("expected " + count + " files, found " + files.size());
      }
      return true;
    }
    if (kind != FILE) {
      throw new MalformedException("expected a file or the end, found a record of kind " + kind);
    }
    Kind fileKind = kindOf(cursor.readByte());
    long bytes = cursor.readLong();
    int crc = cursor.readInt();
    String path = readText(cursor);
    String name = readText(cursor);
    if (path.contains("..") || path.startsWith("/") || name.contains("/")) {
      throw new MalformedException("no path of a backup: '" + path + "' for '" + name + "'");
    }
    files.add(new StoredFile(path, name, bytes, crc, fileKind));
    return false;
  }

  private static Kind kindOf(int code) {
    @Nullable Kind found = null;
    for (Kind kind : Kind.values()) {
      found = kind.code() == code ? kind : found;
    }
    if (found == null) {
      throw new MalformedException("unknown kind of file " + code);
    }
    return found;
  }

  private static String readText(ByteCursor cursor) {
    return new String(cursor.readLengthPrefixed(new Slice()).toByteArray(), StandardCharsets.UTF_8);
  }
}
