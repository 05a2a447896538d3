package io.varve.server.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import io.varve.server.Server;
import io.varve.server.config.Configuration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Caches of clients through real sockets.
class TrackingTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private Server server;

  @BeforeEach
  void start() {
    server =
        Server.start(
            Configuration.of(
                "port",
                "0",
                "admin-port",
                "0",
                "appendfsync",
                "everysec",
                "tracking-table-max-keys",
                "2",
                "dir",
                directory.toString()));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RespClient connect() throws IOException {
    return RespClient.connect("127.0.0.1", server.port(), PATIENCE);
  }

  private static Reply bulks(String... texts) {
    return new Reply.Array(List.<Reply>of(of(texts)));
  }

  private static Reply[] of(String... texts) {
    Reply[] replies = new Reply[texts.length];
    for (int i = 0; i < texts.length; i++) {
      replies[i] = Reply.Bulk.of(texts[i]);
    }
    return replies;
  }

  @Test
  void aClientOfResp2IsToldThroughAnotherThatHasSubscribed() throws Exception {
    try (RespClient reader = connect();
        RespClient listener = connect();
        RespClient writer = connect()) {
      Reply id = listener.call("CLIENT", "ID");
      listener.call("SUBSCRIBE", "__redis__:invalidate");
      String number = String.valueOf(((Reply.Int) id).value());
      assertEquals(
          new Reply.Simple("OK"), reader.call("CLIENT", "TRACKING", "ON", "REDIRECT", number));
      assertEquals(id, reader.call("CLIENT", "GETREDIR"));
      reader.call("GET", "key");
      writer.call("SET", "key", "1");
      Reply channel = Reply.Bulk.of("__redis__:invalidate");
      assertEquals(
          new Reply.Array(List.of(Reply.Bulk.of("message"), channel, bulks("key"))),
          listener.read());
      writer.call("FLUSHALL");
      assertEquals(
          new Reply.Array(List.of(Reply.Bulk.of("message"), channel, new Reply.Null())),
          listener.read());
    }
  }

  @Test
  void aClientLearnsThatTheOneItNamedIsGone() throws Exception {
    try (RespClient reader = connect();
        RespClient writer = connect()) {
      Reply.Int id;
      reader.call("HELLO", "3");
      try (RespClient listener = connect()) {
        id = (Reply.Int) listener.call("CLIENT", "ID");
        reader.call("CLIENT", "TRACKING", "ON", "REDIRECT", String.valueOf(id.value()));
        reader.call("GET", "key");
      }
      Reply list = writer.call("CLIENT", "LIST");
      for (int i = 0; i < 100_000 && list.toString().contains("id=" + id.value() + " "); i++) {
        list = writer.call("CLIENT", "LIST");
      }
      writer.call("SET", "key", "1");
      assertEquals(
          new Reply.Push(List.of(Reply.Bulk.of("tracking-redir-broken"), id)), reader.read());
    }
  }

  @Test
  void whatTheTableHasNoRoomForIsToldAsChanged() throws Exception {
    try (RespClient reader = connect();
        RespClient writer = connect()) {
      reader.call("HELLO", "3");
      reader.call("CLIENT", "TRACKING", "ON");
      reader.call("GET", "one");
      reader.call("GET", "two");
      reader.call("GET", "three");
      assertEquals(
          new Reply.Push(List.of(Reply.Bulk.of("invalidate"), bulks("one"))), reader.read());
      assertTrue(writer.call("INFO", "stats").toString().contains("tracking_total_keys:2"));
      assertTrue(writer.call("INFO", "clients").toString().contains("tracking_clients:1"));
    }
  }

  @Test
  void aTableThatIsMadeSmallerTellsAtOnceWhatItGivesUp() throws Exception {
    try (RespClient reader = connect();
        RespClient writer = connect()) {
      reader.call("HELLO", "3");
      reader.call("CLIENT", "TRACKING", "ON");
      reader.call("GET", "one");
      reader.call("GET", "two");
      writer.call("CONFIG", "SET", "tracking-table-max-keys", "1");
      assertEquals(
          new Reply.Push(List.of(Reply.Bulk.of("invalidate"), bulks("one"))), reader.read());
    }
  }

  @Test
  void aBroadcastIsOnItsWayWhenTheWriterHasItsReply() throws Exception {
    try (RespClient reader = connect();
        RespClient writer = connect()) {
      reader.call("HELLO", "3");
      reader.call("CLIENT", "TRACKING", "ON", "BCAST");
      for (int i = 0; i < 500; i++) {
        writer.call("SET", "key", String.valueOf(i));
        reader.send("PING");
        reader.flush();
        assertEquals(
            new Reply.Push(List.of(Reply.Bulk.of("invalidate"), bulks("key"))), reader.read());
        assertEquals(new Reply.Simple("PONG"), reader.read());
      }
    }
  }

  @Test
  void ofAReadOnlyScriptTheKeysThatItReadsAreTracked() throws Exception {
    try (RespClient reader = connect();
        RespClient writer = connect()) {
      reader.call("HELLO", "3");
      reader.call("CLIENT", "TRACKING", "ON");
      reader.call("EVAL_RO", "return redis.call('GET', 'read')", "2", "read", "named");
      writer.call("SET", "named", "1");
      writer.call("SET", "read", "1");
      assertEquals(
          new Reply.Push(List.of(Reply.Bulk.of("invalidate"), bulks("read"))), reader.read());
    }
  }

  @Test
  void whoTracksAgainHearsNothingOfWhatWasFlushedMeanwhile() throws Exception {
    try (RespClient reader = connect();
        RespClient writer = connect()) {
      reader.call("HELLO", "3");
      reader.call("CLIENT", "TRACKING", "ON");
      reader.call("GET", "key");
      reader.call("CLIENT", "TRACKING", "OFF");
      writer.call("FLUSHALL");
      assertTrue(writer.call("INFO", "stats").toString().contains("tracking_total_keys:0"));
      reader.call("CLIENT", "TRACKING", "ON");
      writer.call("SET", "key", "1");
      assertEquals(new Reply.Simple("PONG"), reader.call("PING"));
    }
  }

  /// A cache that obeys what it is told holds what the server holds, whatever the order was in which
  /// others wrote.
  @Test
  void aCacheThatObeysIsNeverStaleForGood() throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    try (RespClient reader = connect();
        RespClient writer = connect()) {
      reader.call("HELLO", "3");
      reader.call("CLIENT", "TRACKING", "ON");
      String cached = "";
      boolean fresh = false;
      for (int i = 0; i < 2_000; i++) {
        if (random.nextBoolean()) {
          writer.send("SET", "key", String.valueOf(i));
          writer.flush();
          if (random.nextBoolean()) {
            writer.read();
          } else {
            // The write and the read race; the writer's reply is read behind.
            reader.send("GET", "key");
            reader.flush();
            writer.read();
            Reply reply = reader.read();
            while (reply instanceof Reply.Push) {
              fresh = false;
              reply = reader.read();
            }
            cached = reply.toString();
            fresh = true;
          }
        }
        // All that was told before this reply has come when it comes.
        reader.send("PING");
        reader.flush();
        for (Reply reply = reader.read(); reply instanceof Reply.Push; reply = reader.read()) {
          fresh = false;
        }
        if (fresh) {
          assertEquals(writer.call("GET", "key").toString(), cached, "seed " + seed);
        }
      }
    }
  }

  @Test
  void waitaofAnswersWhenTheClientsWritesAreSynced() throws Exception {
    try (RespClient client = connect()) {
      client.sendRaw("SET key value\r\nWAITAOF 1 0 0\r\nGET key\r\n");
      client.flush();
      assertEquals(new Reply.Simple("OK"), client.read());
      assertEquals(new Reply.Array(List.of(new Reply.Int(1), new Reply.Int(0))), client.read());
      assertEquals(Reply.Bulk.of("value"), client.read());
    }
  }
}
