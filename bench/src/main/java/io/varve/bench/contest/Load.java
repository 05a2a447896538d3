package io.varve.bench.contest;

import io.varve.bench.contest.Contender.BlockReads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/// Does one kind of operation again and again on some threads, bounded in count and in time, and times
/// each. The clock is read once per operation: making a key counts into the operation, on both sides
/// alike.
final class Load {

  private Load() {}

  /// What one thread does. Made, used and closed on that thread.
  interface Session extends AutoCloseable {

    /// @param index 0, 1, 2, … of this thread
    /// @return whether the answer was right
    boolean operate(long index);

    /// Block reads so far.
    BlockReads blockReads();

    @Override
    void close();
  }

  /// What all threads together did.
  ///
  /// @param nanos from the first start to the last end
  record Outcome(
      long operations, long failures, long nanos, Histogram latencies, BlockReads blockReads) {

    double perSecond() {
      return operations / (nanos / 1e9);
    }
  }

  /// @param operations of each thread at most
  /// @param seconds that it may take at most
  /// @param sessions by the number of the thread
  static Outcome run(int threads, long operations, long seconds, IntFunction<Session> sessions) {
    if (threads == 1) {
      long start = System.nanoTime();
      return share(operations, start, TimeUnit.SECONDS.toNanos(seconds), sessions, 0);
    }
    long start = System.nanoTime();
    List<Outcome> shares = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Outcome>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        futures.add(
            pool.submit(
                () ->
                    share(operations, start, TimeUnit.SECONDS.toNanos(seconds), sessions, thread)));
      }
      for (Future<Outcome> future : futures) {
        shares.add(future.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
    return sum(shares);
  }

  private static Outcome share(
      long operations, long start, long nanosMax, IntFunction<Session> sessions, int thread) {
    Histogram latencies = newHistogram();
    long failures = 0;
    long done = 0;
    try (Session session = sessions.apply(thread)) {
      long now = System.nanoTime();
      while (done < operations && now - start < nanosMax) {
        if (!session.operate(done)) {
          failures++;
        }
        done++;
        long after = System.nanoTime();
        latencies.recordValue(after - now);
        now = after;
      }
      return new Outcome(done, failures, now - start, latencies, session.blockReads());
    }
  }

  private static Outcome sum(List<Outcome> shares) {
    Histogram latencies = newHistogram();
    long operations = 0;
    long failures = 0;
    long nanos = 0;
    BlockReads reads = BlockReads.NONE;
    for (Outcome share : shares) {
      latencies.add(share.latencies());
      operations += share.operations();
      failures += share.failures();
      nanos = Math.max(nanos, share.nanos());
      reads = reads.plus(share.blockReads());
    }
    return new Outcome(operations, failures, nanos, latencies, reads);
  }

  static Histogram newHistogram() {
    return new Histogram(3);
  }
}
