package io.varve.engine.version;

import io.varve.engine.file.FileNames;
import java.nio.file.Path;

/// A file that versions refer to.
///
/// @param kind a table or a value file
/// @param number unique over both kinds
public record DataFile(FileNames.Kind kind, long number) {

  public DataFile {
    if (kind != FileNames.Kind.SSTABLE && kind != FileNames.Kind.VALUE) {
      throw new IllegalArgumentException("no version refers to a file of kind " + kind);
    }
  }

  public static DataFile table(long number) {
    return new DataFile(FileNames.Kind.SSTABLE, number);
  }

  public static DataFile value(long number) {
    return new DataFile(FileNames.Kind.VALUE, number);
  }

  /// Where the file lies.
  public Path path(Path directory) {
    return kind == FileNames.Kind.VALUE
        ? FileNames.value(directory, number)
        : FileNames.sstable(directory, number);
  }
}
