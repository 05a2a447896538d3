package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a GET and a SET allocate on the Java heap, from socket to engine and back: next to nothing.
///
/// What happens once for a socket read (some hundreds of bytes: its submission, its group of replies, the
/// views that reading, logging and writing take of a buffer) is spread over its requests, and an object for
/// each of them would show.
class HotPathAllocationTest {

  private static final long PATIENCE_SECONDS = 300;

  @TempDir private Path directory;

  /// @param ioThreads 1: the event loop does all; 2: writes are handed to the command loop
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aGetAndASetAllocateNextToNothing(int ioThreads) throws IOException, InterruptedException {
    Path out = directory.resolve("out");
    Process probe =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AllocationProbe.class.getName(),
                Integer.toString(ioThreads),
                directory.resolve("store").toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertTrue(probe.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "the probe does not end");
    } finally {
      probe.destroyForcibly();
    }
    String text = Files.readString(out);
    assertEquals(0, probe.exitValue(), text);
    for (String command : List.of("SET", "GET")) {
      double bytes =
          text.lines()
              .filter(line -> line.startsWith(command + " "))
              .mapToDouble(line -> Double.parseDouble(line.substring(command.length() + 1)))
              .findFirst()
              .orElseThrow();
      assertTrue(bytes <= AllocationProbe.BOUND, () -> "bytes per request: " + text);
    }
  }
}
