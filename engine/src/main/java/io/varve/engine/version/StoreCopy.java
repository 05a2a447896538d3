package io.varve.engine.version;

import io.varve.engine.file.FileSystem;
import java.nio.file.Path;

/// Makes a directory a store: the last step of a checkpoint and of a restore.
public final class StoreCopy {

  private StoreCopy() {}

  /// Writes a manifest that says what a state says, and then the `CURRENT` that makes it count. All is
  /// synced. The files that the state speaks of are there, and are synced with their names.
  public static void write(FileSystem files, Path directory, StoreState state) {
    long number = state.nextFileNumber();
    StoreState written =
        new StoreState(
            state.version(),
            number + 1,
            state.lastSequence(),
            state.walSegment(),
            state.properties());
    try (ManifestWriter manifest = ManifestWriter.create(files, directory, number, written)) {
      manifest.sync();
    }
    files.syncDirectory(directory);
    CurrentFile.prepare(files, directory, number);
    CurrentFile.install(files, directory);
    files.syncDirectory(directory);
  }
}
