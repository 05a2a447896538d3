package io.varve.engine.file;

import java.nio.file.Path;
import java.util.List;

/// The file operations that the store needs, with the promises it relies on.
///
/// A file's content survives a power cut only after [WritableFile#sync()]; its name (creation,
/// rename, deletion) only after [#syncDirectory(Path)] of its directory. All methods throw
/// `StorageException`; all are safe from any thread.
public interface FileSystem {

  /// Creates a file for writing.
  ///
  /// @throws io.varve.engine.error.StorageException also if the file exists
  WritableFile create(Path file);

  /// Opens an existing file for writing over its content, position 0, without cutting it: how a WAL
  /// segment is recycled.
  WritableFile openForOverwrite(Path file);

  ReadableFile open(Path file);

  boolean exists(Path file);

  /// Bytes in the file.
  long size(Path file);

  /// File names (not paths) in a directory, in no particular order.
  List<String> list(Path directory);

  void createDirectories(Path directory);

  /// Atomically gives a file another name, replacing what had it.
  void rename(Path from, Path to);

  /// Gives a file a second name.
  void link(Path existing, Path link);

  /// Deletes a file, or a directory that is empty.
  void delete(Path file);

  /// Makes names in a directory durable.
  void syncDirectory(Path directory);

  /// Takes the exclusive lock that a file stands for, creating the file.
  ///
  /// @throws io.varve.engine.error.StorageException with a message naming the directory as in use,
  ///     if another store, of this process or another, holds it
  FileLock lock(Path file);

  /// Bytes that can still be written to the file system of a directory.
  long usableBytes(Path directory);
}
