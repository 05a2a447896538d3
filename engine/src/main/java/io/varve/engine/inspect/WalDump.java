package io.varve.engine.inspect;

import io.varve.engine.batch.BatchReader;
import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.bytes.ByteCursor.MalformedException;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileSystem;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.KeyRange;
import io.varve.engine.wal.WalFormat.SegmentHeader;
import io.varve.engine.wal.WalReader;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;

/// Prints a WAL segment, batch by batch and operation by operation. Says where it is damaged and goes
/// on with what can still be read.
public final class WalDump {

  /// Bytes of a key or value that are printed; longer ones end with their length.
  private static final int SHOWN_BYTES_MAX = 64;

  /// What a dump saw.
  ///
  /// @param batches batches that could be read
  /// @param operations operations in them
  /// @param damages places at which bytes were not what was written
  /// @param tail why the records end where they end
  public record Summary(long batches, long operations, long damages, String tail) {}

  private final DumpFormat format;
  private final Consumer<String> lines;
  private long batches;
  private long operations;
  private long damages;

  private WalDump(DumpFormat format, Consumer<String> lines) {
    this.format = format;
    this.lines = lines;
  }

  /// Prints one segment.
  ///
  /// @param segment its name says the number that its records are bound to
  /// @param lines takes the output
  /// @throws IllegalArgumentException if the name is not that of a segment
  public static Summary dumpFile(
      FileSystem files, Path segment, DumpFormat format, Consumer<String> lines) {
    FileName name = FileNames.parse(FileNames.nameOf(segment));
    if (name == null || name.kind() != FileNames.Kind.WAL) {
      throw new IllegalArgumentException(segment + " is not the name of a WAL segment");
    }
    WalDump dump = new WalDump(format, lines);
    if (format == DumpFormat.TEXT) {
      lines.accept(FileNames.nameOf(segment));
    }
    String tail = WalReader.visit(files, segment, name.number(), dump.visitor());
    return dump.end(tail);
  }

  private WalReader.SegmentVisitor visitor() {
    return new WalReader.SegmentVisitor() {
      @Override
      public void header(long offset, SegmentHeader header) {
        printHeader(offset, header);
      }

      @Override
      public void batch(long offset, long advance, Slice batch) {
        try {
          printBatch(offset, batch);
        } catch (MalformedException e) {
          printDamage(offset, offset, "batch: " + e.getMessage());
        }
      }

      @Override
      public void time(long offset, long millis) {
        printTime(offset, millis);
      }

      @Override
      public void damaged(long offset, long resumeOffset, String detail) {
        printDamage(offset, resumeOffset, detail);
      }
    };
  }

  private void printHeader(long offset, SegmentHeader header) {
    switch (format) {
      case TEXT ->
          lines.accept(
              offset
                  + " header: segment "
                  + header.segment()
                  + ", continues sequence number "
                  + header.previousSequence()
                  + ", synced up to "
                  + header.syncedSequence());
      case JSON ->
          lines.accept(
              new JsonWriter()
                  .beginObject()
                  .field("offset", offset)
                  .field("segment", header.segment())
                  .field("previousSequence", header.previousSequence())
                  .field("syncedSequence", header.syncedSequence())
                  .endObject()
                  .toString());
    }
  }

  private void printTime(long offset, long millis) {
    switch (format) {
      case TEXT -> lines.accept(offset + " time: " + Instant.ofEpochMilli(millis));
      case JSON ->
          lines.accept(
              new JsonWriter()
                  .beginObject()
                  .field("offset", offset)
                  .field("timeMillis", millis)
                  .endObject()
                  .toString());
    }
  }

  private void printBatch(long offset, Slice batch) {
    long base = BatchReader.baseSequence(batch);
    int count = BatchReader.count(batch);
    switch (format) {
      case TEXT -> {
        lines.accept(
            offset
                + " batch: sequence numbers "
                + base
                + ".."
                + (base + count - 1)
                + ", "
                + count
                + " operations, "
                + batch.length()
                + " bytes");
        BatchReader.read(batch, new TextOperations(base));
      }
      case JSON -> {
        JsonWriter json =
            new JsonWriter()
                .beginObject()
                .field("offset", offset)
                .field("baseSequence", base)
                .field("count", count)
                .field("bytes", batch.length())
                .beginArray("operations");
        BatchReader.read(batch, new JsonOperations(json));
        lines.accept(json.endArray().endObject().toString());
      }
    }
    batches++;
    operations += count;
  }

  private void printDamage(long offset, long resumeOffset, String detail) {
    damages++;
    switch (format) {
      case TEXT -> lines.accept(offset + " DAMAGED, goes on at " + resumeOffset + ": " + detail);
      case JSON ->
          lines.accept(
              new JsonWriter()
                  .beginObject()
                  .field("offset", offset)
                  .field("damage", detail)
                  .field("resumeOffset", resumeOffset)
                  .endObject()
                  .toString());
    }
  }

  private Summary end(String tail) {
    switch (format) {
      case TEXT ->
          lines.accept(
              tail
                  + "; "
                  + batches
                  + " batches, "
                  + operations
                  + " operations, "
                  + damages
                  + " damaged places");
      case JSON ->
          lines.accept(
              new JsonWriter()
                  .beginObject()
                  .field("tail", tail)
                  .field("batches", batches)
                  .field("operations", operations)
                  .field("damages", damages)
                  .endObject()
                  .toString());
    }
    return new Summary(batches, operations, damages, tail);
  }

  /// Bytes as text, cut when they are many.
  private static String shown(Slice bytes) {
    if (bytes.length() <= SHOWN_BYTES_MAX) {
      return bytes.toString();
    }
    Slice start = new Slice(bytes.segment(), bytes.offset(), SHOWN_BYTES_MAX);
    return start + "... (" + bytes.length() + " bytes)";
  }

  private static String shownEnd(Slice end) {
    return KeyRange.isEndless(end) ? "the last key" : shown(end);
  }

  private final class TextOperations implements BatchVisitor {
    private long sequence;

    TextOperations(long base) {
      this.sequence = base;
    }

    @Override
    public void put(Slice key, Slice value) {
      lines.accept("  " + sequence++ + " put " + shown(key) + " = " + shown(value));
    }

    @Override
    public void putExpiring(Slice key, Slice expiring) {
      Slice value = Expiry.valueOf(expiring, new Slice());
      String until = " until " + Expiry.millis(expiring);
      lines.accept("  " + sequence++ + " put " + shown(key) + " = " + shown(value) + until);
    }

    @Override
    public void delete(Slice key) {
      lines.accept("  " + sequence++ + " delete " + shown(key));
    }

    @Override
    public void deleteRange(Slice start, Slice end) {
      lines.accept("  " + sequence++ + " delete range " + shown(start) + " to " + shownEnd(end));
    }
  }

  private static final class JsonOperations implements BatchVisitor {
    private final JsonWriter json;

    JsonOperations(JsonWriter json) {
      this.json = json;
    }

    @Override
    public void put(Slice key, Slice value) {
      json.beginObject()
          .field("kind", "put")
          .field("key", shown(key))
          .field("value", shown(value))
          .endObject();
    }

    @Override
    public void putExpiring(Slice key, Slice expiring) {
      json.beginObject()
          .field("kind", "put")
          .field("key", shown(key))
          .field("value", shown(Expiry.valueOf(expiring, new Slice())))
          .field("expiryMillis", Expiry.millis(expiring))
          .endObject();
    }

    @Override
    public void delete(Slice key) {
      json.beginObject().field("kind", "delete").field("key", shown(key)).endObject();
    }

    @Override
    public void deleteRange(Slice start, Slice end) {
      json.beginObject().field("kind", "deleteRange").field("start", shown(start));
      if (!KeyRange.isEndless(end)) {
        json.field("end", shown(end));
      }
      json.endObject();
    }
  }
}
