package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does: checkpoint of a running server, backups, a lost directory, and back to the
/// moment before a mistake.
class BackupIT {

  private static final int KEYS = 3_000;

  @TempDir Path scratch;

  private String run(int expected, String... arguments) throws IOException {
    VarveProcess.Exit exit = VarveProcess.run(scratch, arguments);
    assertEquals(expected, exit.code(), exit.output());
    return exit.output();
  }

  private static void write(RespClient client, String value) throws IOException {
    for (int i = 0; i < KEYS; i++) {
      client.send("SET", "key" + i, value + i);
    }
    client.flush();
    for (int i = 0; i < KEYS; i++) {
      assertEquals(new Reply.Simple("OK"), client.read());
    }
  }

  private static void assertHolds(RespClient client, String value) throws IOException {
    for (int i = 0; i < KEYS; i += 7) {
      assertEquals(Reply.Bulk.of(value + i), client.call("GET", "key" + i));
    }
  }

  private void assertRestored(String directory, String value) throws IOException {
    try (VarveProcess restored = VarveProcess.start(scratch.resolve(directory));
        RespClient client = restored.connect()) {
      assertHolds(client, value);
    }
  }

  @Test
  void aRunningServerIsBackedUpLostAndBroughtBackToAMoment() throws Exception {
    String data = scratch.resolve("data").toString();
    String backups = scratch.resolve("backups").toString();
    String archive = scratch.resolve("archive").toString();
    long beforeTheMistake;
    try (VarveProcess varve =
            VarveProcess.start(
                Path.of(data), "--wal-archive-dir", archive, "--wal-archive-interval", "1");
        RespClient client = varve.connect()) {
      write(client, "first");
      assertEquals(new Reply.Simple("OK"), client.call("SAVE"));
      String made = run(0, "backup", "create", "--from", data + "/checkpoint", backups);
      assertTrue(made.contains("backup 1: "), made);
      String open = run(1, "backup", "create", "--from", data, backups);
      assertTrue(open.contains("checkpoint"), open);

      write(client, "second");
      beforeTheMistake = serverMillis(client);
      while (serverMillis(client) == beforeTheMistake) {
        Thread.onSpinWait();
      }
      assertEquals(new Reply.Simple("OK"), client.call("FLUSHALL"));
      assertEquals(new Reply.Simple("OK"), client.call("SET", "after", "it"));
      assertEquals(new Reply.Simple("Background saving started"), client.call("BGSAVE"));
      assertEquals(0, varve.terminate(), varve::output);
    }
    run(0, "backup", "verify", backups, "--archive", archive);
    String[] restore = {"backup", "restore", backups};
    run(0, with(restore, scratch.resolve("then").toString()));
    assertRestored("then", "first");
    String told =
        run(
            0,
            with(
                restore,
                scratch.resolve("moment").toString(),
                "--archive",
                archive,
                "--to-time",
                Long.toString(beforeTheMistake)));
    assertTrue(told.contains("from backup 1 to sequence number"), told);
    assertRestored("moment", "second");
    run(0, with(restore, scratch.resolve("latest").toString(), "--archive", archive));
    try (VarveProcess restored = VarveProcess.start(scratch.resolve("latest"));
        RespClient client = restored.connect()) {
      assertEquals(Reply.Bulk.of("it"), client.call("GET", "after"));
      assertNotEquals(Reply.Bulk.of("second0"), client.call("GET", "key0"));
    }
    String refused = run(1, with(restore, scratch.resolve("latest").toString()));
    assertTrue(refused.contains("not empty"), refused);
    run(2, with(restore, scratch.resolve("x").toString(), "--to-time", "yesterday"));
    run(0, "verify", scratch.resolve("moment").toString());
    assertTrue(run(0, "backup", "list", backups).lines().count() == 1);
    run(0, "backup", "purge", backups, "--keep", "1", "--archive", archive);
  }

  private static long serverMillis(RespClient client) throws IOException {
    if (client.call("TIME") instanceof Reply.Array time) {
      List<Reply> parts = time.elements();
      return Long.parseLong(text(parts.get(0))) * 1000 + Long.parseLong(text(parts.get(1))) / 1000;
    }
    throw new AssertionError("TIME");
  }

  private static String text(Reply reply) {
    return reply instanceof Reply.Bulk bulk ? bulk.text() : reply.toString();
  }

  private static String[] with(String[] first, String... more) {
    String[] all = java.util.Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }
}
