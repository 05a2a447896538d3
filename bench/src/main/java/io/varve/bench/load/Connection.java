package io.varve.bench.load;

import io.varve.protocol.ProtocolException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;

/// One connection: sends what its schedule says is due, and times the replies. One thread, which never waits here.
final class Connection implements AutoCloseable {

  private static final int BYTES_INITIAL = 64 << 10;
  private static final int REPLY_BYTES_MAX = 256 << 20;

  /// No more is encoded while so much waits for the socket.
  private static final int UNSENT_BYTES_MAX = 1 << 20;

  private final SocketChannel channel;
  private final Schedule schedule;
  private final InFlight inFlight;
  private final RequestBuffer out;
  private final Requests requests;
  private final Recording recording;
  private final LongSupplier clock;
  private ByteBuffer in = ByteBuffer.allocate(BYTES_INITIAL);

  /// Where the first reply begins that was not taken.
  private int from;

  /// @param channel connected, authenticated, not blocking
  /// @param clock in nanoseconds
  Connection(
      SocketChannel channel,
      Schedule schedule,
      InFlight inFlight,
      RequestBuffer out,
      Requests requests,
      Recording recording,
      LongSupplier clock) {
    this.channel = channel;
    this.schedule = schedule;
    this.inFlight = inFlight;
    this.out = out;
    this.requests = requests;
    this.recording = recording;
    this.clock = clock;
  }

  /// Sends what is due, as far as there is room.
  void send() throws IOException {
    long now = clock.getAsLong();
    while (hasRoom()) {
      long due = schedule.due(now);
      if (due > now) {
        break;
      }
      schedule.take();
      recording.sent(due, now);
      requests.begin(due);
    }
    write();
  }

  /// When [#send] has something to do next, replies and room in the socket aside.
  long nextDue(long now) {
    return hasRoom() ? schedule.due(now) : Schedule.NEVER;
  }

  /// Whether nothing is due any more and everything was answered.
  boolean isDone(long now) {
    return inFlight.size() == 0 && schedule.due(now) == Schedule.NEVER;
  }

  boolean hasUnsent() {
    return out.size() > 0;
  }

  /// Takes what has come.
  void receive() throws IOException {
    while (true) {
      int read = channel.read(in);
      if (read < 0) {
        throw new EOFException("the server closed a connection");
      }
      boolean wasFilled = !in.hasRemaining();
      take(clock.getAsLong());
      if (!wasFilled) {
        return;
      }
    }
  }

  private boolean hasRoom() {
    return !inFlight.isFull() && out.size() < UNSENT_BYTES_MAX;
  }

  private void write() throws IOException {
    if (out.size() > 0) {
      out.writeTo(channel);
    }
  }

  private void take(long now) {
    byte[] bytes = in.array();
    int to = in.position();
    while (from < to) {
      int end = ReplyScanner.end(bytes, from, to);
      if (end == ReplyScanner.INCOMPLETE) {
        break;
      }
      answered(bytes, from, end, now);
      from = end;
    }
    makeRoom(to);
  }

  private void answered(byte[] bytes, int begin, int end, long now) {
    if (inFlight.size() == 0) {
      throw new ProtocolException("a reply to no request");
    }
    Action action = inFlight.action();
    boolean ended = inFlight.isLast();
    if (ReplyScanner.isError(bytes, begin)) {
      String text = new String(bytes, begin, end - begin, StandardCharsets.UTF_8).strip();
      recording.failed(action, text);
      // The other half of an insert is on its way already; other actions have none without this
      // reply.
      ended |= action != Action.INSERT;
    } else if (ended) {
      if (ReplyScanner.isNull(bytes, begin)) {
        recording.missed(action);
      }
    } else {
      ended = requests.goOn(bytes, begin, end);
    }
    if (ended) {
      recording.ended(action, inFlight.due(), now);
      requests.ended(action);
    }
    inFlight.removeOldest();
  }

  private void makeRoom(int to) {
    if (from == to) {
      in.clear();
    } else if (from > 0 && !in.hasRemaining()) {
      in.flip().position(from);
      in.compact();
    } else if (!in.hasRemaining()) {
      if (in.capacity() >= REPLY_BYTES_MAX) {
        throw new ProtocolException("a reply of more than " + REPLY_BYTES_MAX + " bytes");
      }
      in = ByteBuffer.wrap(Arrays.copyOf(in.array(), 2 * in.capacity())).position(to);
    } else {
      return;
    }
    from = 0;
  }

  /// Counts what is on its way, and what was due and never sent, with the time that has passed.
  void giveUp() {
    long now = clock.getAsLong();
    while (inFlight.size() > 0) {
      if (inFlight.isLast()) {
        recording.gaveUp(inFlight.action(), inFlight.due(), now);
      }
      inFlight.removeOldest();
    }
    for (long due = schedule.due(now); due <= now; due = schedule.due(now)) {
      schedule.take();
      recording.gaveUp(requests.any(), due, now);
    }
  }

  SocketChannel channel() {
    return channel;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
