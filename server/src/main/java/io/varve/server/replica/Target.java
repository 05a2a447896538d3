package io.varve.server.replica;

import io.varve.protocol.ProtocolException;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The server that an import writes to: commands go out without waiting, a thread of its own reads the
/// answers in their order.
///
/// What is on its way is bounded, by number and by bytes; who sends waits then. The connection is used by
/// two threads, one in each direction, which share nothing of it.
final class Target implements AutoCloseable {

  private static final int UNANSWERED_MAX = 1024;
  private static final long UNANSWERED_BYTES_MAX = 32L << 20;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(60);

  /// A target whose disk cannot follow answers late; so late only one that is gone.
  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(10);

  private static final Pattern KEYS = Pattern.compile("db(\\d+):keys=(\\d+)");
  private static final int SHOWN_BYTES_MAX = 64;

  /// What to do when an answer has come that is no error.
  @FunctionalInterface
  interface Arrival {
    void arrived();
  }

  private record Sent(byte[][] command, long bytes, Arrival arrival) {}

  private final RespClient client;
  private final Address address;
  private final Consumer<String> refusals;
  private final Thread answers;

  // Guarded by this.
  private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
  private long unansweredBytes;
  private boolean closed;
  private @Nullable ImportException failure;

  /// @param refusals told of each command that the target refuses; on another thread
  Target(Address address, Consumer<String> refusals) throws ImportException {
    this.address = address;
    this.refusals = refusals;
    this.client = address.connect("target", CONNECT_TIMEOUT);
    this.answers =
        Thread.ofPlatform().daemon().name("varve-import-answers").unstarted(this::readAnswers);
  }

  /// Waits for answers by asking for some; before [#start()].
  Reply call(String... command) throws ImportException {
    try {
      return client.call(command);
    } catch (IOException | ProtocolException gone) {
      throw lost(gone);
    }
  }

  /// A database that holds keys, in words; null if all are empty.
  @Nullable String findKeys() throws ImportException {
    Reply info = call("INFO", "keyspace");
    if (info instanceof Reply.Failure(String text)) {
      throw new ImportException("the target " + address + " refuses INFO: " + text);
    }
    Matcher keys = KEYS.matcher(info.asText());
    return keys.find() ? keys.group(2) + " keys in database " + keys.group(1) : null;
  }

  /// From now on commands are sent.
  void start() throws ImportException {
    try {
      client.timeout(ANSWER_TIMEOUT);
    } catch (IOException gone) {
      throw lost(gone);
    }
    answers.start();
  }

  /// Sends a command, after waiting for room if much is on its way.
  ///
  /// @throws ImportException if the connection is lost, now or before
  void send(Arrival arrival, byte[]... command) throws ImportException {
    long bytes = 0;
    for (byte[] argument : command) {
      bytes += argument.length + 16;
    }
    synchronized (this) {
      while (failure == null
          && (unanswered.size() >= UNANSWERED_MAX
              || (unansweredBytes > 0 && unansweredBytes + bytes > UNANSWERED_BYTES_MAX))) {
        flushAndWait();
      }
      if (failure != null) {
        throw failure;
      }
      unanswered.add(new Sent(kept(command), bytes, arrival));
      unansweredBytes += bytes;
      notifyAll();
    }
    try {
      client.send(command);
    } catch (IOException gone) {
      throw failed(lost(gone));
    }
  }

  void flush() throws ImportException {
    try {
      client.flush();
    } catch (IOException gone) {
      throw failed(lost(gone));
    }
  }

  /// Waits until all that was sent is answered.
  void awaitAnswers() throws ImportException {
    flush();
    synchronized (this) {
      while (failure == null && !unanswered.isEmpty()) {
        flushAndWait();
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      client.close();
    } catch (IOException _) {
      // Nothing is on its way that anybody waits for.
    }
  }

  @SuppressWarnings("WaitNotInLoop") // callers loop
  private void flushAndWait() throws ImportException {
    flush();
    try {
      wait();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new ImportException("interrupted");
    }
  }

  private void readAnswers() {
    try {
      while (true) {
        Sent next = awaitSent();
        if (next == null) {
          return;
        }
        Reply reply = client.read();
        if (reply instanceof Reply.Failure(String text)) {
          refusals.accept(shown(next.command) + ": " + text);
        } else {
          next.arrival.arrived();
        }
        answered(next);
      }
    } catch (IOException | RuntimeException gone) {
      failed(lost(gone));
    }
  }

  private synchronized @Nullable Sent awaitSent() {
    while (unanswered.isEmpty() && !closed) {
      try {
        wait();
      } catch (InterruptedException _) {
        return null;
      }
    }
    return closed ? null : unanswered.peek();
  }

  private synchronized void answered(Sent sent) {
    unanswered.remove();
    unansweredBytes -= sent.bytes;
    notifyAll();
  }

  private synchronized ImportException failed(ImportException cause) {
    if (failure == null && !closed) {
      failure = cause;
    }
    notifyAll();
    return failure == null ? cause : failure;
  }

  private ImportException lost(Exception cause) {
    return new ImportException(
        "the connection to the target " + address + " is lost: " + cause.getMessage(), cause);
  }

  /// What is needed to name a command, without holding on to its values.
  private static byte[][] kept(byte[][] command) {
    byte[][] kept = new byte[Math.min(2, command.length)][];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = Arrays.copyOf(command[i], Math.min(command[i].length, SHOWN_BYTES_MAX));
    }
    return kept;
  }

  private static String shown(byte[][] command) {
    StringBuilder text = new StringBuilder();
    for (byte[] word : command) {
      text.append(text.isEmpty() ? "" : " ");
      for (char c : new String(word, StandardCharsets.ISO_8859_1).toCharArray()) {
        text.append(c >= ' ' && c < 127 ? String.valueOf(c) : String.format("\\x%02x", (int) c));
      }
    }
    return text.toString();
  }
}
