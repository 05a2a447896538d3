package io.varve.engine.version;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import io.varve.engine.record.RecordWriter;
import java.nio.file.Path;

/// Appends edits to one manifest file. One thread at a time; [VersionSet] decides when.
final class ManifestWriter implements AutoCloseable {

  private final WritableFile file;
  private final RecordWriter records;
  private final long number;
  private final VersionEditCodec codec = new VersionEditCodec();
  private final GrowableBuffer buffer = new GrowableBuffer(4096);

  private ManifestWriter(WritableFile file, long number) {
    this.file = file;
    this.records = new RecordWriter(file, number);
    this.number = number;
  }

  /// Creates the file and writes a header and a whole state. Nothing is synced yet.
  static ManifestWriter create(FileSystem files, Path directory, long number, StoreState state) {
    WritableFile file = files.create(FileNames.manifest(directory, number));
    ManifestWriter writer = new ManifestWriter(file, number);
    try {
      writer.appendHeader();
      for (VersionEdit edit : state.toEdits()) {
        writer.append(edit);
      }
    } catch (RuntimeException e) {
      writer.close();
      throw e;
    }
    return writer;
  }

  long number() {
    return number;
  }

  /// Bytes in the file.
  long bytes() {
    return records.position();
  }

  private void appendHeader() {
    buffer.clear();
    buffer.putLong(ManifestFormat.MAGIC);
    buffer.putInt(ManifestFormat.VERSION);
    records.append(buffer.slice());
  }

  /// Hands an edit to the operating system. After a failure the file's end is unknown.
  void append(VersionEdit edit) {
    buffer.clear();
    codec.encode(edit, buffer);
    records.append(buffer.slice());
    records.flush();
  }

  /// Makes all edits durable, and then the fact that they are: a second sync buys that damage to the
  /// very last edit is told from a torn tail. Edits are rare enough.
  void sync() {
    records.finish();
  }

  @Override
  public void close() {
    file.close();
  }
}
