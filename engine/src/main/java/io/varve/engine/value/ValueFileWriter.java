package io.varve.engine.value;

import io.varve.engine.block.BlockFormat;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockWriter;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.WritableFile;
import java.nio.file.Path;

/// Writes one value file. One thread.
///
/// Life: [#add] any number of times, then [#finish()], which makes the file durable (its directory
/// entry is the caller's), or [#abandon()], which deletes it. After an exception only
/// [#abandon()] is allowed. A writer that is abandoned or finished holds nothing.
public final class ValueFileWriter {

  /// What a finished file holds.
  ///
  /// @param valueBytes bytes of all value blocks
  /// @param fileBytes size of the file
  public record Summary(long fileNumber, long valueBytes, long fileBytes) {}

  private final FileSystem files;
  private final Path path;
  private final long fileNumber;
  private final Compression compression;
  private final WritableFile file;
  private final BlockWriter blocks;
  private final GrowableBuffer directory = new GrowableBuffer(1 << 10);
  private long valueCount;
  private long rawBytes;
  private boolean closed;

  /// Creates the file.
  ///
  /// @param path must not exist
  /// @param fileNumber the number in the path's name; every checksum is bound to it
  /// @param compression a value that does not shrink by an eighth is stored as it is
  public ValueFileWriter(FileSystem files, Path path, long fileNumber, Compression compression) {
    this.files = files;
    this.path = path;
    this.fileNumber = fileNumber;
    this.compression = compression;
    this.file = files.create(path);
    this.blocks = new BlockWriter(file, fileNumber);
  }

  public long fileNumber() {
    return fileNumber;
  }

  /// Bytes of the values so far, as they lie in the file.
  public long valueBytes() {
    return blocks.position();
  }

  /// Appends a value.
  ///
  /// @param value in native memory; copied
  /// @return where it lies
  public ValueReference add(Slice value) {
    if (closed) {
      throw new IllegalStateException("the writer of " + path + " is closed");
    }
    if (value.length() > BlockFormat.PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException("a value of " + value.length() + " bytes is too long");
    }
    BlockHandle handle = blocks.write(value, compression);
    directory.putVarint(handle.length());
    directory.putVarint(value.length());
    valueCount++;
    rawBytes += value.length();
    return new ValueReference(fileNumber, handle.offset(), handle.length(), value.length());
  }

  /// Writes directory and footer, syncs and closes the file.
  public Summary finish() {
    if (closed) {
      throw new IllegalStateException("the writer of " + path + " is closed");
    }
    BlockHandle handle = blocks.write(directory.slice(), Compression.NONE);
    GrowableBuffer footer = new GrowableBuffer(ValueFileFormat.FOOTER_BYTES);
    new ValueFileFooter(handle, valueCount, rawBytes, fileNumber).encode(footer, blocks.position());
    blocks.writeRaw(footer.slice());
    blocks.flush();
    file.sync();
    closed = true;
    blocks.close();
    file.close();
    return new Summary(fileNumber, handle.offset(), blocks.position());
  }

  /// Gives up: closes and deletes the file. Does nothing after [#finish()].
  public void abandon() {
    if (!closed) {
      closed = true;
      blocks.close();
      file.close();
      files.delete(path);
    }
  }
}
