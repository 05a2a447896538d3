package io.varve.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.bench.records.Population;
import io.varve.bench.records.Records;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A server that answers at once, but for one second of three in which it answers nothing. The clock is ours,
/// so that each latency is known.
class CoordinatedOmissionTest {

  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int TICKS = 3000;
  private static final int STALL_BEGINS = 1000;
  private static final int STALL_ENDS = 2000;
  private static final int PING_BYTES = "*1\r\n$4\r\nPING\r\n".length();

  private SocketChannel client;
  private SocketChannel server;
  private long now;

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      client = SocketChannel.open(listener.getLocalAddress());
      server = listener.accept();
    }
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void theOpenLoopChargesTheServerWithEachRequestOfTheStall() throws IOException {
    assertStallShows(10_000);
  }

  @Test
  void soItDoesWhenMostOfThemCouldNotEvenBeSent() throws IOException {
    assertStallShows(10);
  }

  private void assertStallShows(int inFlightMax) throws IOException {
    Schedule everyTick = new Schedule.Constant(0, 0, TICK, TICKS * TICK);
    Histogram latencies = run(everyTick, new InFlight(inFlightMax));

    assertEquals(TICKS, latencies.getTotalCount());
    int stalled = STALL_ENDS - STALL_BEGINS;
    assertEquals(TICKS - stalled, latencies.getCountBetweenValues(0, TICK / 2));
    // Those in the first half of the stall have waited for more than half of it.
    long half = stalled / 2 * TICK;
    assertNear(stalled / 2, latencies.getCountBetweenValues(half, Long.MAX_VALUE), 2);
    assertNear(stalled * TICK, latencies.getMaxValue(), 2 * TICK);
  }

  @Test
  void theClosedLoopSeesNextToNothingOfIt() throws IOException {
    Histogram latencies = run(new Schedule.AtOnce(TICKS, Long.MAX_VALUE), new InFlight(1));

    assertEquals(1, latencies.getCountBetweenValues(TICK, Long.MAX_VALUE));
  }

  @Test
  void whatIsNeverAnsweredCountsWithTheTimeItHasWaited() throws IOException {
    Schedule everyTick = new Schedule.Constant(0, 0, TICK, 100 * TICK);
    Recording recording = new Recording(Mix.of(Action.PING).actions());
    try (Connection connection = connection(everyTick, new InFlight(10), recording)) {
      connection.send();
      now = 200 * TICK;
      connection.send();
      connection.giveUp();
      assertTrue(connection.isDone(now));
    }
    Histogram latencies = latencies(recording);
    assertEquals(100, latencies.getTotalCount());
    assertEquals(100, recording.unanswered());
    assertNear(101 * TICK, latencies.getMinValue(), TICK);
    assertNear(200 * TICK, latencies.getMaxValue(), TICK);
  }

  private static void assertNear(long expected, long actual, long differenceMax) {
    assertTrue(Math.abs(expected - actual) <= differenceMax, expected + " and not " + actual);
  }

  /// A tick of the clock after the other, until all is answered.
  private Histogram run(Schedule schedule, InFlight inFlight) throws IOException {
    Recording recording = new Recording(Mix.of(Action.PING).actions());
    try (Connection connection = connection(schedule, inFlight, recording)) {
      for (int tick = 0; tick == 0 || !connection.isDone(now); tick++) {
        now = tick * TICK;
        connection.send();
        boolean stalls = tick >= STALL_BEGINS && tick < STALL_ENDS;
        while (!stalls && inFlight.size() > 0) {
          answer(inFlight.size());
          while (inFlight.size() > 0) {
            connection.receive();
          }
          // The closed loop has one request in each tick, or time would stand still.
          if (schedule instanceof Schedule.Constant) {
            connection.send();
          }
        }
      }
    }
    return latencies(recording);
  }

  private Connection connection(Schedule schedule, InFlight inFlight, Recording recording) {
    RequestBuffer out = new RequestBuffer();
    Requests.Data nothing =
        new Requests.Data(new Records(1, 1), new Population(1), _ -> 0, 1, false);
    Mix pings = Mix.of(Action.PING);
    Requests requests = new Requests(out, inFlight, nothing, pings, new SplittableRandom(1));
    return new Connection(client, schedule, inFlight, out, requests, recording, () -> now);
  }

  private void answer(int count) throws IOException {
    ByteBuffer requests = ByteBuffer.allocate(count * PING_BYTES);
    while (requests.hasRemaining()) {
      assertTrue(server.read(requests) > 0, "the client has left");
    }
    server.write(ByteBuffer.wrap("+PONG\r\n".repeat(count).getBytes(StandardCharsets.US_ASCII)));
  }

  private static Histogram latencies(Recording recording) {
    return Objects.requireNonNull(recording.takeLatencies().get(Action.PING));
  }
}
