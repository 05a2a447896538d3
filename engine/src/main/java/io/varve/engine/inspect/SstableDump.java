package io.varve.engine.inspect;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockIterator;
import io.varve.engine.block.BlockReader;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileSystem;
import io.varve.engine.file.ReadableFile;
import io.varve.engine.key.KeyRange;
import io.varve.engine.sstable.SstableFooter;
import io.varve.engine.sstable.SstableFormat;
import io.varve.engine.sstable.SstableProperties;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Shows what lies in a table: footer, properties, index and, if wanted, every entry.
///
/// Made for damaged files too. It reads block by block past all caches, says of each fault where it
/// lies and what was expected there, and goes on with whatever can still be reached: with a footer
/// whose checksum fails it tries the places that the footer names; a lost index partition costs the
/// blocks below it and no others. One thread.
public final class SstableDump {

  /// How much is shown.
  public enum Detail {
    /// Footer, properties and the index.
    INDEX,
    /// All entries as well.
    ENTRIES
  }

  private final ReadableFile file;
  private final long fileNumber;
  private final Detail detail;
  private final SstableDumpOutput output;
  private final ByteCursor cursor = new ByteCursor();
  private BlockReader blocks;
  private long faults;

  private SstableDump(ReadableFile file, long fileNumber, Detail detail, SstableDumpOutput output) {
    this.file = file;
    this.fileNumber = fileNumber;
    this.detail = detail;
    this.output = output;
    this.blocks = new BlockReader(file, fileNumber);
  }

  /// Prints one table.
  ///
  /// @param table its name says the number that its checksums are bound to
  /// @param lines takes the output
  /// @return whether everything was as it was written
  /// @throws IllegalArgumentException if the name is not that of a table
  /// @throws io.varve.engine.error.StorageException if the file cannot be opened or read
  public static boolean dumpFile(
      FileSystem files, Path table, DumpFormat format, Detail detail, Consumer<String> lines) {
    FileName name = FileNames.parse(FileNames.nameOf(table));
    if (name == null || name.kind() != FileNames.Kind.SSTABLE) {
      throw new IllegalArgumentException(table + " is not the name of a table");
    }
    SstableDumpOutput output =
        switch (format) {
          case TEXT -> new SstableTextOutput(lines);
          case JSON -> new SstableJsonOutput(lines);
        };
    try (ReadableFile file = files.open(table)) {
      return new SstableDump(file, name.number(), detail, output).run();
    }
  }

  private boolean run() {
    output.file(file.name(), file.size());
    SstableFooter footer = footer();
    if (footer != null) {
      output.footer(footer);
      properties(footer.properties());
      filter(footer);
      index(footer.rootIndex(), footer.indexLevels());
    }
    output.end(faults);
    return faults == 0;
  }

  private @Nullable SstableFooter footer() {
    long bytes = file.size();
    if (bytes < SstableFormat.FOOTER_BYTES) {
      fault(0, "expected at least the " + SstableFormat.FOOTER_BYTES + " bytes of a footer");
      return null;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment footer = arena.allocate(SstableFormat.FOOTER_BYTES);
      file.readFully(bytes - footer.byteSize(), footer, 0, SstableFormat.FOOTER_BYTES);
      SstableFooter parsed = SstableFooter.parse(footer, 0);
      try {
        SstableFooter.decode(footer, 0, file.name(), fileNumber, bytes);
      } catch (CorruptionException e) {
        fault(e.offset(), message(e));
        if (!isPlausible(parsed)) {
          return null;
        }
        adoptFileNumber(footer, parsed);
      } catch (IncompatibleFormatException e) {
        fault(bytes - SstableFormat.FOOTER_BYTES, message(e));
        return null;
      }
      return parsed;
    } catch (EngineException e) {
      fault(bytes - SstableFormat.FOOTER_BYTES, message(e));
      return null;
    }
  }

  /// A whole footer of another number means a file under a wrong name: its own number is the one
  /// that its checksums are bound to.
  private void adoptFileNumber(MemorySegment footer, SstableFooter parsed) {
    try {
      SstableFooter.decode(footer, 0, file.name(), parsed.fileNumber(), file.size());
      blocks = new BlockReader(file, parsed.fileNumber());
    } catch (EngineException e) {
      // The number is as doubtful as the rest; the one from the name stays.
    }
  }

  private boolean isPlausible(SstableFooter footer) {
    return (footer.indexLevels() == 1 || footer.indexLevels() == 2)
        && isInside(footer.rootIndex())
        && isInside(footer.properties())
        && footer.filterOffset() >= 0
        && footer.filterOffset() <= file.size()
        && (footer.filterLines() == 0 || footer.filterPartitionLines() > 0)
        && footer.filterPartitionCount() <= file.size();
  }

  private boolean isInside(BlockHandle handle) {
    return handle.offset() >= 0 && handle.length() >= 0 && handle.end() <= file.size();
  }

  private void properties(BlockHandle handle) {
    Block block = read(handle);
    if (block == null) {
      return;
    }
    try {
      SstableProperties properties =
          SstableProperties.decode(new Slice(block.bytes(), 0, block.size()));
      output.properties(properties);
      BlockHandle tombstones = properties.rangeTombstones();
      if (tombstones != null) {
        rangeTombstones(tombstones);
      }
    } catch (ByteCursor.MalformedException | IllegalArgumentException e) {
      fault(handle.offset(), "properties: " + e.getMessage());
    } finally {
      block.release();
    }
  }

  private void rangeTombstones(BlockHandle handle) {
    Block block = read(handle);
    if (block == null) {
      return;
    }
    try (var entries = new BlockIterator()) {
      entries.attach(block);
      for (entries.seekToFirst(); entries.isValid(); entries.next()) {
        output.rangeTombstone(
            entries.userKey(), KeyRange.decodedEnd(entries.value()), entries.trailer());
      }
    } catch (EngineException e) {
      fault(handle.offset(), "range tombstones: " + message(e));
    }
  }

  private void filter(SstableFooter footer) {
    for (long i = 0; i < footer.filterPartitionCount(); i++) {
      BlockHandle handle = footer.filterPartition(i);
      if (!isInside(handle)) {
        // A doubtful footer can claim millions of partitions: one fault stands for all.
        fault(handle.offset(), "filter: partition " + i + " and those behind it lie outside");
        return;
      }
      Block partition = read(handle);
      if (partition != null) {
        partition.release();
      }
    }
  }

  private void index(BlockHandle handle, int levels) {
    Block block = read(handle);
    if (block == null) {
      return;
    }
    try (var index = new BlockIterator()) {
      index.attach(block);
      for (index.seekToFirst(); index.isValid(); index.next()) {
        BlockHandle below = BlockHandle.decode(cursor.set(index.value()));
        if (levels > 1) {
          index(below, levels - 1);
        } else {
          data(index, below);
        }
      }
    } catch (EngineException | ByteCursor.MalformedException e) {
      fault(handle.offset(), "index: " + message(e));
    }
  }

  private void data(BlockIterator index, BlockHandle handle) {
    Block block = read(handle);
    output.indexEntry(index.userKey(), index.trailer(), handle, block == null ? -1 : block.size());
    if (block != null) {
      try (var entries = new BlockIterator()) {
        entries.attach(block);
        for (entries.seekToFirst(); entries.isValid(); entries.next()) {
          if (detail == Detail.ENTRIES) {
            output.entry(entries.userKey(), entries.trailer(), entries.value());
          }
        }
      } catch (EngineException e) {
        fault(handle.offset(), message(e));
      }
    }
  }

  /// A block with a reference for the caller, or null after telling why not.
  private @Nullable Block read(BlockHandle handle) {
    try {
      return blocks.read(handle.offset(), handle.length());
    } catch (EngineException e) {
      fault(handle.offset(), message(e));
      return null;
    }
  }

  private void fault(long offset, String what) {
    faults++;
    output.fault(offset, what);
  }

  private static String message(RuntimeException e) {
    return String.valueOf(e.getMessage());
  }
}
