package io.varve.bench.torture;

import io.varve.bench.process.ServerProcess;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A disk that runs full under writes: they are refused and say so, all is still read, and once there is room
/// they are taken again, by the same server. Then a kill, and a start on what is there.
record FullFault() implements Fault {

  private static final long DISK_BYTES = 64L << 20;

  /// Bytes that the filler leaves free at most; the writers use them up.
  private static final int LEFT_BYTES_MAX = 8 << 20;

  private static final List<String> RESERVES = List.of("0", "1mb", "8mb");
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int WRITING_MILLIS_MIN = 200;
  private static final int WRITING_MILLIS_MAX = 3_000;
  private static final long RECOVERY_NANOS = 60_000_000_000L;
  private static final long RETRY_MILLIS = 20;

  @Override
  public @Nullable String obstacle() {
    return Fault.obstacle("ext4");
  }

  @Override
  public void run(Ground ground, long deadlineNanos) throws IOException, InterruptedException {
    LoopDisk disk = LoopDisk.make(ground.scratch(), "ext4", DISK_BYTES, ground.cleanup());
    Path filler = disk.folder().resolve("filler");
    ServerProcess server = start(ground, disk);
    do {
      if (server == null) {
        return;
      }
      ground.tally().round();
      ground.crowd().start(server.target(), Writer.Refusal.NOT_DONE);
      ground.pause(0, WRITING_MILLIS_MIN);
      fill(filler, disk.folder().toFile().getUsableSpace() - left(ground));
      ground.pause(WRITING_MILLIS_MIN, WRITING_MILLIS_MAX);
      ground.crowd().stop();
      ground.expectAlive(server);
      if (ground.goesOn(Long.MAX_VALUE)) {
        ground.crowd().check(server.target());
        Files.delete(filler);
        awaitWrites(server, ground.tally());
        ground.crowd().start(server.target(), Writer.Refusal.NOT_DONE);
        ground.pause(0, WRITING_MILLIS_MIN);
        server.kill();
        ground.crowd().stop();
        server = start(ground, disk);
        if (server != null) {
          ground.crowd().check(server.target());
        }
      }
    } while (ground.goesOn(deadlineNanos));
    if (server != null) {
      server.kill();
    }
  }

  /// With a reserve, below which writes are refused before the disk is full, or without one.
  private static @Nullable ServerProcess start(Ground ground, LoopDisk disk)
      throws InterruptedException {
    String reserve = RESERVES.get(ground.random().nextInt(RESERVES.size()));
    return ground.start(disk.store(), "--disk-reserve-bytes", reserve);
  }

  /// Half of the time nothing is left, not even for the log.
  private static long left(Ground ground) {
    return ground.random().nextBoolean() ? 0 : ground.random().nextInt(LEFT_BYTES_MAX);
  }

  /// Until this much is used, or all.
  private static void fill(Path filler, long bytes) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (OutputStream out = Files.newOutputStream(filler)) {
      for (long written = 0; written < bytes; written += CHUNK_BYTES) {
        out.write(chunk);
      }
    } catch (IOException _) {
      // Full, which is what was wanted.
    }
  }

  private static void awaitWrites(ServerProcess server, Tally tally)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + RECOVERY_NANOS;
    try (RespClient client =
        RespClient.connect(server.target().host(), server.target().port(), Writer.PATIENCE)) {
      Reply reply = client.call("SET", "probe", "1");
      while (reply instanceof Reply.Failure && System.nanoTime() < end) {
        Thread.sleep(RETRY_MILLIS);
        reply = client.call("SET", "probe", "1");
      }
      if (reply instanceof Reply.Failure) {
        tally.hung("writes are still refused though there is room: " + reply);
      }
    }
  }
}
