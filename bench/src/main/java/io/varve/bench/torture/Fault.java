package io.varve.bench.torture;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A kind of fault, and the rounds that make it and look at what came of it.
sealed interface Fault permits KillFault, CutFault, FullFault {

  /// Why it cannot be made on this machine; null if it can.
  @Nullable String obstacle();

  /// Makes at least one round and ends with the first that is not clean, or after the deadline.
  ///
  /// @param deadlineNanos of [System#nanoTime()]
  void run(Ground ground, long deadlineNanos) throws IOException, InterruptedException;

  /// Why no file system can be made and mounted here; null if it can.
  static @Nullable String obstacle(String fileSystem) {
    if (!"root".equals(System.getProperty("user.name"))) {
      return "needs root";
    }
    for (String program : new String[] {"losetup", "mount", "umount", "mkfs." + fileSystem}) {
      if (!Programs.has(program)) {
        return "needs " + program;
      }
    }
    return null;
  }
}
