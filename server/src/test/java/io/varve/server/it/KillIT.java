package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the real server (SIGKILL) at random moments while clients write, under `appendfsync always`
/// and with a memtable so small that flushes and merges are always under way. Nothing that was
/// acknowledged is lost, nothing deleted comes back, transactions are whole, and what was not
/// acknowledged is there up to some point and not after it.
///
/// `-Dvarve.it.kills=N` kills more often (default 50), `-Dvarve.it.seed=N` repeats a run's choices.
class KillIT {

  private static final int KILLS = Integer.getInteger("varve.it.kills", 50);
  private static final long SEED = Long.getLong("varve.it.seed", System.nanoTime());
  private static final int[] PIPELINE_DEPTHS = {1, 1, 8, 64};
  private static final int WRITING_MILLIS_MAX = 400;
  private static final long COUNT_LIMIT_NANOS = 20_000_000_000L;

  @Test
  void nothingAcknowledgedIsLostWhenKilledAtRandomMoments(@TempDir Path scratch)
      throws IOException, InterruptedException {
    System.out.println("KillIT: -Dvarve.it.seed=" + SEED);
    Random random = new Random(SEED);
    List<KilledWriter> writers = new ArrayList<>();
    for (int depth : PIPELINE_DEPTHS) {
      writers.add(new KilledWriter(writers.size(), depth, random.nextLong()));
    }
    KillTally tally = new KillTally();
    int kills = 0;
    try (VarveProcess varve =
        VarveProcess.start(
            scratch.resolve("data"),
            "--appendfsync",
            "always",
            "--memtable-bytes",
            "1mb",
            "--wal-segment-bytes",
            "4mb")) {
      while (kills < KILLS && tally.isClean()) {
        writeUntilKilled(varve, writers, 20 + random.nextInt(WRITING_MILLIS_MAX));
        kills++;
        varve.restart();
        try (RespClient client = varve.connect()) {
          for (KilledWriter writer : writers) {
            assertNull(writer.complaint(), () -> writer.complaint() + "\n" + varve.output());
            writer.check(client, tally);
          }
        }
      }
      long acknowledged = writers.stream().mapToLong(KilledWriter::acknowledgedCount).sum();
      System.out.println(
          "KillIT: " + kills + " kills, " + acknowledged + " acknowledged writes, " + tally);
      assertTrue(tally.isClean(), () -> tally + "\n" + varve.output());
      assertTrue(acknowledged > 0, "nothing was acknowledged");
      assertCountIsExact(varve, writers);
      assertEquals(0, varve.terminate(), varve::output);
    }
  }

  private static void writeUntilKilled(VarveProcess varve, List<KilledWriter> writers, int millis)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (KilledWriter writer : writers) {
      threads.add(Thread.ofPlatform().start(() -> writer.write(varve)));
    }
    // Not for luck: a kill at an arbitrary moment is what is tested.
    Thread.sleep(millis);
    varve.kill9();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /// Counts survive kills as keys do; the keys that expire soon have to expire first.
  private static void assertCountIsExact(VarveProcess varve, List<KilledWriter> writers)
      throws IOException {
    long deadline = System.nanoTime() + COUNT_LIMIT_NANOS;
    try (RespClient client = varve.connect()) {
      long expected;
      long counted;
      do {
        long soon = System.currentTimeMillis();
        expected =
            writers.stream()
                .flatMap(writer -> writer.acknowledgedEntries().values().stream())
                .filter(e -> e.deadlineMillis() == 0 || e.deadlineMillis() > soon)
                .count();
        counted = client.call("DBSIZE").asLong();
      } while (counted != expected && System.nanoTime() < deadline);
      assertEquals(expected, counted, "DBSIZE");
    }
  }
}
