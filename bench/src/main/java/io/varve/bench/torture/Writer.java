package io.varve.bench.torture;

import io.varve.bench.figures.Target;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A client that puts and deletes keys of its own until its connection breaks, and tells its oracle.
///
/// [#write] runs on a thread of its own, everything else while that does not run.
final class Writer {

  /// What an error reply to a write means.
  enum Refusal {
    /// There is no reason for one.
    WRONG,
    /// The disk failed: the write may be there or not, and the writer stops.
    UNDECIDED,
    /// The write must not be there; the writer tries the next.
    NOT_DONE
  }

  /// After this long without a reply the server hangs.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int KEYS = 200;
  private static final double DELETES = 0.2;

  private final int pipeline;
  private final Random random;
  private final Oracle oracle;
  private final Tally tally;

  /// @param pipeline writes that are sent before replies are awaited
  Writer(int number, int pipeline, long seed, Tally tally) {
    this.pipeline = pipeline;
    this.tally = tally;
    random = new Random(seed);
    oracle = new Oracle("w" + number + ":", KEYS, seed);
  }

  void write(Target target, Refusal refusal, BooleanSupplier stopped) {
    try (RespClient client = RespClient.connect(target.host(), target.port(), PATIENCE)) {
      boolean goesOn = true;
      while (goesOn && !stopped.getAsBoolean()) {
        for (int i = 0; i < pipeline; i++) {
          send(client);
        }
        client.flush();
        while (goesOn && oracle.isAwaiting()) {
          goesOn = settle(client.read(), refusal);
        }
      }
    } catch (SocketTimeoutException e) {
      tally.hung("no reply to " + (oracle.isAwaiting() ? oracle.next() : "nothing") + ": " + e);
    } catch (IOException _) {
      // The server is gone: what is pending may have been done or not.
    }
  }

  /// Reads all keys of this writer and has the oracle judge.
  void check(RespClient client) throws IOException {
    for (int key = 0; key < oracle.keys(); key++) {
      client.send("GET", oracle.name(key));
    }
    client.flush();
    List<@Nullable String> readings = new ArrayList<>();
    for (int key = 0; key < oracle.keys(); key++) {
      Reply reply = client.read();
      readings.add(
          switch (reply) {
            case Reply.Null() -> null;
            case Reply.Bulk bulk -> bulk.text();
            default -> "(instead of a value) " + reply;
          });
    }
    oracle.check(readings, tally);
  }

  private void send(RespClient client) throws IOException {
    int key = random.nextInt(oracle.keys());
    Oracle.Write write = oracle.send(key, random.nextDouble() >= DELETES);
    if (write.put()) {
      client.send("SET", oracle.name(key), oracle.value(key, write.number()));
    } else {
      client.send("DEL", oracle.name(key));
    }
  }

  /// @return whether to go on
  private boolean settle(Reply reply, Refusal refusal) {
    Oracle.Write write = oracle.next();
    if (reply instanceof Reply.Failure failure) {
      return refuse(write, failure, refusal);
    }
    Reply expected =
        write.put() ? new Reply.Simple("OK") : new Reply.Int(oracle.has(write.key()) ? 1 : 0);
    if (!reply.equals(expected)) {
      tally.wrong(oracle.name(write.key()) + ": " + write + " got " + reply);
    }
    oracle.acknowledge();
    tally.acknowledged(1);
    return true;
  }

  private boolean refuse(Oracle.Write write, Reply.Failure failure, Refusal refusal) {
    if (refusal != Refusal.NOT_DONE) {
      if (refusal == Refusal.WRONG) {
        tally.wrong(oracle.name(write.key()) + ": " + write + " got " + failure);
      }
      tally.refused(1);
      return false;
    }
    if (!failure.text().startsWith("MISCONF ")) {
      tally.wrong(oracle.name(write.key()) + ": refused without saying why: " + failure);
    }
    oracle.refuse();
    tally.refused(1);
    return true;
  }
}
