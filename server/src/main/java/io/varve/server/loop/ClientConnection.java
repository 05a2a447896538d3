package io.varve.server.loop;

import io.varve.server.session.Session;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A client as the command loop sees it; `net` implements it for sockets.
///
/// A connection's submissions run strictly one after the other: while one is parked, later ones
/// wait here. The fields below belong to the command loop.
public abstract class ClientConnection {

  private final ArrayDeque<Submission> waiting = new ArrayDeque<>();
  private @Nullable Submission parked;
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

  final void queueBehindParked(Submission submission) {
    waiting.add(submission);
  }

  /// The next submission that waits, or null.
  final @Nullable Submission pollWaiting() {
    return waiting.pollFirst();
  }
}
