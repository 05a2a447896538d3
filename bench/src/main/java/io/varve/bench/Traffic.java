package io.varve.bench;

import io.varve.bench.figures.Target;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Sends one kind of request over several connections at once and times the round trips.
///
/// Each connection has a thread, which takes the next few numbers, sends their requests, and waits for
/// all replies before it takes more. Bounded in count and in time.
final class Traffic {

  private static final String READ_IOS = "read_ios";

  private final Target target;
  private final Workload workload;

  Traffic(Target target, Workload workload) {
    this.target = target;
    this.workload = workload;
  }

  /// What one connection has seen.
  private record Share(long operations, long failures, Histogram roundTrips) {}

  /// Runs a phase of `count` operations.
  PhaseResult run(String phase, long count, Operation operation)
      throws IOException, InterruptedException {
    Long readIosBefore = target.findFigure(READ_IOS);
    AtomicLong next = new AtomicLong();
    long start = System.nanoTime();
    long end = start + TimeUnit.SECONDS.toNanos(workload.seconds());
    Histogram roundTrips = newHistogram();
    long operations = 0;
    long failures = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(workload.connections())) {
      List<Future<Share>> shares = new ArrayList<>();
      for (int i = 0; i < workload.connections(); i++) {
        shares.add(threads.submit(() -> share(operation, next, count, end)));
      }
      for (Future<Share> future : shares) {
        Share share = future.get();
        operations += share.operations();
        failures += share.failures();
        roundTrips.add(share.roundTrips());
      }
    } catch (ExecutionException e) {
      throw new IOException(phase + ": " + e.getCause(), e.getCause());
    }
    long nanos = System.nanoTime() - start;
    return PhaseResult.of(
        phase, operations, nanos, failures, roundTrips, difference(readIosBefore));
  }

  private Share share(Operation operation, AtomicLong next, long count, long end)
      throws IOException {
    Histogram roundTrips = newHistogram();
    long operations = 0;
    long failures = 0;
    try (RespClient client = target.connect()) {
      long first = next.getAndAdd(workload.pipeline());
      while (first < count && System.nanoTime() < end) {
        long last = Math.min(count, first + workload.pipeline());
        long sent = System.nanoTime();
        for (long number = first; number < last; number++) {
          operation.send(client, number);
        }
        client.flush();
        for (long number = first; number < last; number++) {
          if (!operation.isRight(client.read(), number)) {
            failures++;
          }
        }
        roundTrips.recordValue(System.nanoTime() - sent);
        operations += last - first;
        first = next.getAndAdd(workload.pipeline());
      }
    }
    return new Share(operations, failures, roundTrips);
  }

  private @Nullable Long difference(@Nullable Long before) throws IOException {
    Long now = target.findFigure(READ_IOS);
    return before == null || now == null ? null : now - before;
  }

  static Histogram newHistogram() {
    return new Histogram(3);
  }
}
