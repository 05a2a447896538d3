package io.varve.bench.load;

import io.varve.bench.figures.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Runs one phase: makes the connections, deals them out to threads, and watches until all have ended.
final class PhaseRun {

  /// So that all connections are there before the first request is due.
  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Target target;
  private final LoadOptions options;
  private final Requests.Data data;
  private final Phase phase;
  private final Duration patience;
  private final LongSupplier clock = System::nanoTime;
  private final SplittableRandom random;
  private final List<Recording> recordings = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private @Nullable Recording ping;

  /// @param patience how long to wait, after the last request was due, for what has not been answered
  PhaseRun(Target target, LoadOptions options, Requests.Data data, Phase phase, Duration patience) {
    this.target = target;
    this.options = options;
    this.data = data;
    this.phase = phase;
    this.patience = patience;
    this.random = new SplittableRandom(options.seed() + phase.name().hashCode());
  }

  /// @param observer is told what each second has brought
  PhaseFigures run(Observer observer) throws IOException, InterruptedException {
    long start = clock.getAsLong() + LEAD_NANOS + options.connections() * 1_000_000L;
    long end = start + phase.duration().toNanos();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> futures = new ArrayList<>();
      try {
        for (Worker worker : workers(start, end)) {
          futures.add(threads.submit(worker));
        }
        Tally tally = new Tally(recordings, ping);
        observer.begins(start);
        while (!haveEnded(futures)) {
          tally.take(observer);
        }
        tally.take(observer);
        return tally.figures(phase, start);
      } catch (ExecutionException e) {
        Throwable cause =
            e.getCause() instanceof UncheckedIOException io ? io.getCause() : e.getCause();
        throw new IOException(phase.name() + ": " + cause, cause);
      } finally {
        // Ends workers that go on after another has failed, too.
        closeAll();
      }
    }
  }

  private List<Worker> workers(long start, long end) throws IOException {
    long giveUpAt = end + patience.toNanos();
    List<Worker> workers = new ArrayList<>();
    int count = options.connections();
    for (int thread = 0; thread < options.threads(); thread++) {
      Recording recording = new Recording(phase.mix().actions());
      recordings.add(recording);
      List<Connection> own = new ArrayList<>();
      for (int i = thread; i < count; i += options.threads()) {
        own.add(connect(phase.mix(), phase.pace(), i, count, start, end, recording));
      }
      workers.add(new Worker(own, giveUpAt, clock));
    }
    if (phase.pingPerSecond() > 0) {
      Mix mix = Mix.of(Action.PING);
      Recording recording = new Recording(mix.actions());
      Pace pace = new Pace.PerSecond(phase.pingPerSecond());
      Connection probe = connect(mix, pace, 0, 1, start, end, recording);
      ping = recording;
      workers.add(new Worker(List.of(probe), giveUpAt, clock));
    }
    return workers;
  }

  private Connection connect(
      Mix mix, Pace pace, int index, int count, long start, long end, Recording recording)
      throws IOException {
    Schedule schedule;
    int inFlightMax;
    switch (pace) {
      case Pace.PerSecond(double rate) -> {
        double gap = 1e9 / rate;
        schedule = new Schedule.Constant(start, index * gap, count * gap, end);
        inFlightMax = options.inFlightMax();
      }
      case Pace.AsReplied(int pipeline, long all) -> {
        long share = all / count + (index < all % count ? 1 : 0);
        schedule = new Schedule.AtOnce(share, end);
        inFlightMax = pipeline;
      }
    }
    InFlight inFlight = new InFlight(inFlightMax);
    RequestBuffer out = new RequestBuffer();
    Requests requests = new Requests(out, inFlight, data, mix, random.split());
    SocketChannel channel = open();
    Connection connection =
        new Connection(channel, schedule, inFlight, out, requests, recording, clock);
    connections.add(connection);
    channel.configureBlocking(false);
    return connection;
  }

  private SocketChannel open() throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(new InetSocketAddress(target.host(), target.port()));
      String password = target.password();
      if (password != null) {
        authenticate(channel, password);
      }
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /// One request and its reply; the target has seen that the password is right.
  private static void authenticate(SocketChannel channel, String password) throws IOException {
    byte[] word = password.getBytes(StandardCharsets.UTF_8);
    RequestBuffer request = new RequestBuffer();
    request.array(2).add(RequestBuffer.word("AUTH")).addBytes(word, 0, word.length);
    request.writeTo(channel);
    ByteBuffer ok = ByteBuffer.allocate("+OK\r\n".length());
    while (ok.hasRemaining()) {
      if (channel.read(ok) < 0) {
        throw new IOException("the server closed a connection after AUTH");
      }
    }
  }

  /// Waits for a second.
  private static boolean haveEnded(List<Future<?>> futures)
      throws InterruptedException, ExecutionException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    for (Future<?> future : futures) {
      try {
        future.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException goesOn) {
        return false;
      }
    }
    return true;
  }

  private void closeAll() throws IOException {
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
