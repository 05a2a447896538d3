package io.varve.engine.inspect;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.value.ValueFile;
import io.varve.engine.value.ValueReference;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Shows what lies in a value file: how much, and each value with its place and its beginning.
///
/// A damaged value is told of and passed over; without a footer or a directory there is nothing to go
/// by. Which of the values somebody refers to, only the tables know.
public final class ValueFileDump {

  private final DumpFormat format;
  private final Consumer<String> lines;
  private long faults;

  private ValueFileDump(DumpFormat format, Consumer<String> lines) {
    this.format = format;
    this.lines = lines;
  }

  /// Prints one value file.
  ///
  /// @param path its name says the number that its checksums are bound to
  /// @return whether everything was as it was written
  /// @throws IllegalArgumentException if the name is not that of a value file
  /// @throws io.varve.engine.error.StorageException if the file cannot be opened or read
  public static boolean dumpFile(
      FileSystem files, Path path, DumpFormat format, Consumer<String> lines) {
    FileName name = FileNames.parse(FileNames.nameOf(path));
    if (name == null || name.kind() != FileNames.Kind.VALUE) {
      throw new IllegalArgumentException(path + " is not the name of a value file");
    }
    ValueFileDump dump = new ValueFileDump(format, lines);
    try {
      ValueFile file = ValueFile.open(files, path, name.number(), new ReadContext(), 0);
      try {
        dump.print(file);
      } finally {
        file.release();
      }
    } catch (io.varve.engine.error.StorageException e) {
      throw e;
    } catch (EngineException e) {
      dump.fault(e instanceof CorruptionException damage ? damage.offset() : 0, e);
    }
    dump.end();
    return dump.faults == 0;
  }

  private void print(ValueFile file) {
    switch (format) {
      case TEXT -> {
        lines.accept(file.fileName() + ": " + file.fileBytes() + " bytes");
        lines.accept(
            file.footer().valueCount()
                + " values, "
                + file.footer().valueBytes()
                + " bytes, "
                + file.footer().rawBytes()
                + " before compression");
      }
      case JSON ->
          lines.accept(
              begin("file")
                  .field("name", file.fileName())
                  .field("bytes", file.fileBytes())
                  .field("values", file.footer().valueCount())
                  .field("valueBytes", file.footer().valueBytes())
                  .field("rawBytes", file.footer().rawBytes())
                  .endObject()
                  .toString());
    }
    for (ValueReference value : file.directory()) {
      try {
        var block = file.read(value);
        print(value, new Slice(block.bytes(), 0, block.size()));
        block.release();
      } catch (CorruptionException e) {
        fault(value.offset(), e);
      }
    }
  }

  private void print(ValueReference at, Slice value) {
    switch (format) {
      case TEXT ->
          lines.accept(
              "  at "
                  + at.offset()
                  + ": "
                  + at.rawLength()
                  + " bytes in "
                  + at.length()
                  + ": "
                  + SstableDumpOutput.preview(value)
                  + (value.length() > SstableDumpOutput.VALUE_BYTES_SHOWN ? "..." : ""));
      case JSON ->
          lines.accept(
              begin("value")
                  .field("offset", at.offset())
                  .field("length", at.length())
                  .field("rawLength", at.rawLength())
                  .field("value", SstableDumpOutput.preview(value))
                  .endObject()
                  .toString());
    }
  }

  private void fault(long offset, EngineException e) {
    faults++;
    String detail = String.valueOf(e.getMessage());
    switch (format) {
      case TEXT -> lines.accept("DAMAGE at offset " + offset + ": " + detail);
      case JSON ->
          lines.accept(
              begin("damage")
                  .field("offset", offset)
                  .field("detail", detail)
                  .endObject()
                  .toString());
    }
  }

  private void end() {
    switch (format) {
      case TEXT -> lines.accept(faults == 0 ? "no damage found" : faults + " damages found");
      case JSON -> lines.accept(begin("end").field("faults", faults).endObject().toString());
    }
  }

  private static JsonWriter begin(String part) {
    return new JsonWriter().beginObject().field("part", part);
  }
}
