package io.varve.engine.backup;

import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import java.nio.file.Path;

/// Makes a directory of hard links and a copy of the log's tail that opens as a store.
///
/// The tables are shared with the original, which costs no space for as long as it has them too. What
/// makes the directory a store, `CURRENT`, comes last: whatever a crash leaves before that is refused
/// when somebody tries to open it.
public final class Checkpoint {

  private Checkpoint() {}

  /// @param target must not exist, or be empty; on the file system of the store
  /// @throws StorageException if there is something, or the disk fails; what was made stays then, and
  ///     does not open as a store
  public static void write(FileSystem files, StoreImage image, Path target) {
    files.createDirectories(target);
    requireEmpty(files, target, "checkpoint");
    image.writeLog(target);
    for (StoreImage.ImageFile table : image.dataFiles()) {
      link(files, table.path(), target.resolve(FileNames.nameOf(table.path())));
    }
    image.writeManifest(target);
  }

  static void requireEmpty(FileSystem files, Path target, String operation) {
    if (!files.list(target).isEmpty()) {
      throw new StorageException(operation, target.toString(), "the directory is not empty");
    }
  }

  private static void link(FileSystem files, Path existing, Path link) {
    try {
      files.link(existing, link);
    } catch (StorageException e) {
      throw new StorageException(
          "checkpoint",
          link.toString(),
          "it is made of hard links, so it has to lie on the file system of the store; a backup can"
              + " go anywhere: "
              + e.getMessage());
    }
  }
}
