package io.varve.bench.contest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What Linux has counted of one thread's reading.
///
/// @param calls read calls (`syscr`)
/// @param diskBytes bytes that had to come from the disk (`read_bytes`)
record ThreadIo(long calls, long diskBytes) {

  private static final Path OF_THREAD = Path.of("/proc/thread-self/io");

  /// Of the calling thread, or null where there is no such count.
  static @Nullable ThreadIo findNow() {
    try {
      long calls = -1;
      long diskBytes = -1;
      for (String line : Files.readAllLines(OF_THREAD)) {
        if (line.startsWith("syscr: ")) {
          calls = Long.parseLong(line.substring("syscr: ".length()));
        } else if (line.startsWith("read_bytes: ")) {
          diskBytes = Long.parseLong(line.substring("read_bytes: ".length()));
        }
      }
      return calls < 0 || diskBytes < 0 ? null : new ThreadIo(calls, diskBytes);
    } catch (IOException e) {
      return null;
    }
  }

  ThreadIo minus(ThreadIo other) {
    return new ThreadIo(calls - other.calls, diskBytes - other.diskBytes);
  }
}
