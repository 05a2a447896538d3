package io.varve.bench.torture;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file system of its own in a file, through a loop device. For root.
final class LoopDisk {

  private static final int UNMOUNT_ATTEMPTS = 50;
  private static final long UNMOUNT_RETRY_MILLIS = 100;

  private final String device;
  private final Path folder;
  private final Cleanup cleanup;

  private LoopDisk(String device, Path folder, Cleanup cleanup) {
    this.device = device;
    this.folder = folder;
    this.cleanup = cleanup;
  }

  /// Makes the file system and mounts it.
  ///
  /// @param type `ext4` or `xfs`
  static LoopDisk make(Path scratch, String type, long bytes, Cleanup cleanup)
      throws IOException, InterruptedException {
    Path image = scratch.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
    Path folder = Files.createDirectory(scratch.resolve("mounted"));
    String device =
        cleanup.make(
            () -> Programs.run("losetup", "--find", "--show", image.toString()),
            made -> () -> Programs.run("losetup", "--detach", made));
    Programs.run("mkfs." + type, "-q", device);
    LoopDisk disk = new LoopDisk(device, folder, cleanup);
    disk.mount();
    return disk;
  }

  /// Where the store may be; not the root of the file system, which has a folder of its own.
  Path store() {
    return folder.resolve("store");
  }

  Path folder() {
    return folder;
  }

  /// Mounts it; the kernel replays the journal.
  void mount() throws IOException, InterruptedException {
    cleanup.make(() -> Programs.run("mount", device, folder.toString()), _ -> this::unmount);
  }

  /// Unmounts it if it is mounted. A process that was just killed may hold it for a moment.
  void unmount() throws IOException, InterruptedException {
    for (int attempt = 1; isMounted(); attempt++) {
      try {
        Programs.run("umount", folder.toString());
      } catch (IOException e) {
        if (attempt == UNMOUNT_ATTEMPTS) {
          throw e;
        }
        Thread.sleep(UNMOUNT_RETRY_MILLIS);
      }
    }
  }

  private boolean isMounted() throws IOException {
    String mark = " " + folder + " ";
    return Files.readAllLines(Path.of("/proc/mounts")).stream().anyMatch(l -> l.contains(mark));
  }
}
