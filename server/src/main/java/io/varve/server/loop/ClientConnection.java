package io.varve.server.loop;

import io.varve.server.session.Session;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A client as the command loop sees it; `net` implements it for sockets.
///
/// A connection's submissions run strictly one after the other: while one is parked, later ones
/// wait here. The fields below belong to the command loop.
public abstract class ClientConnection {

  private final ArrayDeque<Submission> waiting = new ArrayDeque<>();
  private final ArrayDeque<byte[]> heldPushes = new ArrayDeque<>();
  private final AtomicLong pushBytes = new AtomicLong();
  private @Nullable Submission current;
  private @Nullable Submission parked;
  private boolean withReader;
  private volatile boolean gone;

  protected ClientConnection() {}

  public abstract Session session();

  /// The outbox of the event loop that owns the socket.
  public abstract Outbox outbox();

  /// Closes the socket once the replies released so far are written. Any thread.
  public abstract void closeAfterReplies();

  /// Says that the peer is gone: what it still has in the loop is dropped unrun. Any thread.
  protected final void markGone() {
    gone = true;
  }

  /// Bytes of pushes that are on their way from the loop to the socket. Any thread.
  public final long pushBytes() {
    return pushBytes.get();
  }

  /// Counts a push that sets out, or with a negative number one that has arrived. Any thread.
  protected final void chargePush(int bytes) {
    pushBytes.addAndGet(bytes);
  }

  final boolean isGone() {
    return gone;
  }

  final boolean isParked() {
    return parked != null;
  }

  final void park(Submission submission) {
    parked = submission;
  }

  final void unpark() {
    parked = null;
  }

  /// The submission of which requests have been run and its end has not been reached; null if none.
  final @Nullable Submission current() {
    return current;
  }

  final void current(@Nullable Submission submission) {
    current = submission;
  }

  /// Whether a reader thread has the current submission, so that its replies are out of reach.
  final boolean isWithReader() {
    return withReader;
  }

  final void withReader(boolean on) {
    withReader = on;
  }

  /// Keeps a push until the reader has given the current submission back.
  final void holdPush(byte[] encoded) {
    chargePush(encoded.length);
    heldPushes.add(encoded);
  }

  /// The next push that was held, or null.
  final byte @Nullable [] pollHeldPush() {
    byte[] encoded = heldPushes.pollFirst();
    if (encoded != null) {
      chargePush(-encoded.length);
    }
    return encoded;
  }

  final void queueBehindParked(Submission submission) {
    waiting.add(submission);
  }

  /// The next submission that waits, or null.
  final @Nullable Submission pollWaiting() {
    return waiting.pollFirst();
  }
}
