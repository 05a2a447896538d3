package io.varve.bench;

import io.varve.bench.process.ServerProcess;
import io.varve.protocol.RespClient;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// How long a server takes to come back after `kill -9`, from the start of its process.
///
/// @param walBytes log that there was to look through
/// @param firstPingSeconds until it answered a PING
/// @param firstGetSeconds until it answered a GET with the right value
/// @param checkedKeys keys that were read afterwards, drawn from all
/// @param lostKeys keys among them whose value was not what had been acknowledged
record Recovery(
    @Nullable Long walBytes,
    double firstPingSeconds,
    double firstGetSeconds,
    long checkedKeys,
    long lostKeys) {

  private static final long KEYS_CHECKED = 10_000;

  /// @param get reads what a load has written, all of which was acknowledged
  static Recovery measure(ServerProcess server, Operation get, long keys)
      throws IOException, InterruptedException {
    Long walBytes = server.target().findFigure("aof_current_size");
    server.kill();
    long start = System.nanoTime();
    server.restart();
    server.awaitPing();
    double ping = secondsSince(start);
    long lost = 0;
    long checked = Math.min(keys, KEYS_CHECKED);
    double firstGet = 0;
    try (RespClient client = server.target().connect()) {
      for (long number = 0; number < checked; number++) {
        get.send(client, number);
        client.flush();
        if (!get.isRight(client.read(), number)) {
          lost++;
        }
        if (number == 0) {
          firstGet = secondsSince(start);
        }
      }
    }
    return new Recovery(walBytes, ping, firstGet, checked, lost);
  }

  private static double secondsSince(long start) {
    return Math.round((System.nanoTime() - start) / 1e6) / 1000.0;
  }
}
