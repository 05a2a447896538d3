package io.varve.engine.value;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockReader;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// An open value file. Safe from any thread.
///
/// Its footer is checked when it is opened; each value is checked when it is read. Counted by
/// reference: opened with one reference, the last [#release()] closes the file. As a
/// [ReadContext.PinnedBlock] it can be kept by a read that will be repeated.
public final class ValueFile implements ReadContext.PinnedBlock {

  /// Stands for the file as a whole where a block's offset is asked for.
  static final long PIN_OFFSET = -1;

  private final AtomicInteger references = new AtomicInteger(1);
  private final ReadableFile file;
  private final ValueFileFooter footer;
  private final BlockReader blocks;

  private ValueFile(ReadableFile file, ValueFileFooter footer) {
    this.file = file;
    this.footer = footer;
    this.blocks = new BlockReader(file, footer.fileNumber());
  }

  /// Opens a value file; reads its footer.
  ///
  /// @param fileNumber the number in the path's name
  /// @param context counts the read, as one of the index
  /// @param level level to count it at
  /// @throws CorruptionException if the footer is damaged
  /// @throws io.varve.engine.error.IncompatibleFormatException if another version wrote the file
  public static ValueFile open(
      FileSystem files, Path path, long fileNumber, ReadContext context, int level) {
    ReadableFile file = files.open(path);
    try {
      return new ValueFile(file, readFooter(file, fileNumber, context, level));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static ValueFileFooter readFooter(
      ReadableFile file, long fileNumber, ReadContext context, int level) {
    long fileBytes = file.size();
    if (fileBytes < ValueFileFormat.FOOTER_BYTES) {
      throw new CorruptionException(
          file.name(), 0, "a value file of " + fileBytes + " bytes has no room for a footer");
    }
    MemorySegment footer = NativeMemory.allocate(ValueFileFormat.FOOTER_BYTES);
    try {
      long start = System.nanoTime();
      file.readFully(
          fileBytes - ValueFileFormat.FOOTER_BYTES, footer, 0, ValueFileFormat.FOOTER_BYTES);
      context.countReadIo(
          level, ReadReason.INDEX, ValueFileFormat.FOOTER_BYTES, System.nanoTime() - start);
      return ValueFileFooter.decode(footer, 0, file.name(), fileNumber, fileBytes);
    } finally {
      NativeMemory.free(footer);
    }
  }

  @Override
  public long fileNumber() {
    return footer.fileNumber();
  }

  @Override
  public long offset() {
    return PIN_OFFSET;
  }

  @Override
  public long memoryBytes() {
    return 0;
  }

  public String fileName() {
    return file.name();
  }

  public long fileBytes() {
    return file.size();
  }

  public ValueFileFooter footer() {
    return footer;
  }

  /// Reads a value from disk: one positional read.
  ///
  /// @return with a reference that the caller releases; its content is the value
  /// @throws CorruptionException if the value is not what was written there
  public Block read(ValueReference reference) {
    if (reference.offset() + reference.storedBytes() > footer.valueBytes()) {
      throw new CorruptionException(
          file.name(),
          reference.offset(),
          "a table refers to "
              + reference.storedBytes()
              + " bytes there, the values end at "
              + footer.valueBytes());
    }
    Block block = blocks.read(reference.offset(), reference.length());
    if (block.size() != reference.rawLength()) {
      int found = block.size();
      block.release();
      throw new CorruptionException(
          file.name(),
          reference.offset(),
          "expected a value of " + reference.rawLength() + " bytes, found one of " + found);
    }
    return block;
  }

  /// All values of the file in the order in which they lie there, those too that nothing refers to
  /// any more. Reads the directory.
  ///
  /// @throws CorruptionException if the directory is damaged
  public List<ValueReference> directory() {
    Block block = blocks.read(footer.directory().offset(), footer.directory().length());
    try {
      ByteCursor cursor = new ByteCursor().set(block.bytes(), 0, block.size());
      List<ValueReference> values = new ArrayList<>();
      long offset = 0;
      for (long i = 0; i < footer.valueCount(); i++) {
        int length = cursor.readVarintInt();
        int rawLength = cursor.readVarintInt();
        ValueReference value = new ValueReference(fileNumber(), offset, length, rawLength);
        values.add(value);
        offset += value.storedBytes();
      }
      if (cursor.hasRemaining() || offset != footer.valueBytes()) {
        throw new ByteCursor.MalformedException(
            "its values end at " + offset + ", the footer says " + footer.valueBytes());
      }
      return values;
    } catch (ByteCursor.MalformedException e) {
      throw new CorruptionException(
          file.name(), footer.directory().offset(), "directory: " + e.getMessage());
    } finally {
      block.release();
    }
  }

  /// Takes a reference unless the file is already closed.
  boolean tryRetain() {
    int count = references.get();
    while (count > 0) {
      int seen = references.compareAndExchange(count, count + 1);
      if (seen == count) {
        return true;
      }
      count = seen;
    }
    return false;
  }

  /// Gives a reference back.
  public void release() {
    int left = references.decrementAndGet();
    if (left == 0) {
      file.close();
    } else if (left < 0) {
      throw new IllegalStateException(file.name() + " is released too often");
    }
  }

  @Override
  public void unpin() {
    release();
  }
}
