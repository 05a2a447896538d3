package io.varve.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Drives some connections on one thread until all is answered.
///
/// Between two requests that are due within a millisecond it parks for some 0.1 ms at a time, because a
/// selector counts in milliseconds and spinning would take a processor from the server beside it. That is how
/// late a request may be sent and a reply be seen; both count as latency, and the first is shown apart.
final class Worker implements Callable<@Nullable Void> {

  private static final long PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
  private static final long SELECT_MILLIS_MAX = 100;

  private final List<Connection> connections;
  private final long giveUpAt;
  private final LongSupplier clock;

  /// @param giveUpAt when it ends at the latest
  /// @param clock in nanoseconds
  Worker(List<Connection> connections, long giveUpAt, LongSupplier clock) {
    this.connections = connections;
    this.giveUpAt = giveUpAt;
    this.clock = clock;
  }

  @Override
  public @Nullable Void call() throws IOException {
    try (Selector selector = Selector.open()) {
      for (Connection connection : connections) {
        connection.channel().register(selector, SelectionKey.OP_READ, connection);
      }
      while (true) {
        long next = sendAll(selector);
        long now = clock.getAsLong();
        if (isDone(now)) {
          return null;
        }
        if (now >= giveUpAt) {
          connections.forEach(Connection::giveUp);
          return null;
        }
        await(selector, Math.min(next, giveUpAt) - now);
      }
    }
  }

  /// @return when the next request is due
  private long sendAll(Selector selector) throws IOException {
    long now = clock.getAsLong();
    long next = Schedule.NEVER;
    for (Connection connection : connections) {
      connection.send();
      next = Math.min(next, connection.nextDue(now));
      if (connection.hasUnsent()) {
        SelectionKey key = connection.channel().keyFor(selector);
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      }
    }
    return next;
  }

  private boolean isDone(long now) {
    for (Connection connection : connections) {
      if (!connection.isDone(now)) {
        return false;
      }
    }
    return true;
  }

  private void await(Selector selector, long nanos) throws IOException {
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    int ready;
    if (millis > 0) {
      ready = selector.select(Worker::handle, Math.min(millis, SELECT_MILLIS_MAX));
    } else {
      ready = selector.selectNow(Worker::handle);
      if (ready == 0 && nanos > 0) {
        LockSupport.parkNanos(Math.min(nanos, PARK_NANOS));
      }
    }
  }

  private static void handle(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      if (key.isWritable()) {
        connection.send();
        if (!connection.hasUnsent()) {
          key.interestOps(SelectionKey.OP_READ);
        }
      }
      if (key.isReadable()) {
        connection.receive();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
