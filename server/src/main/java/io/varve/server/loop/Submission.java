package io.varve.server.loop;

import io.netty.buffer.ByteBuf;
import io.varve.engine.iterator.ReadContext;
import io.varve.protocol.RequestBatch;
import io.varve.server.command.KeyWait;
import org.jspecify.annotations.Nullable;

/// The requests of one socket read on their way through the server, and their replies so far.
///
/// Belongs to one thread at a time: event loop, command loop, perhaps a reader thread, command loop,
/// event loop. Each hand-over goes through a queue.
public final class Submission implements Outgoing {

  private final ClientConnection connection;
  private RequestBatch requests;
  private final ByteBuf replies;
  private int next;
  private long seen = Long.MIN_VALUE;
  private long bytesWritten;

  private @Nullable KeyWait firstWait;

  /// Blocks that a rehearsal fetched for the request at [#next()], or null.
  private @Nullable ReadContext fetched;

  /// @param next index of the first request that is not yet answered
  /// @param replies takes the replies; passes on with the submission
  public Submission(ClientConnection connection, RequestBatch requests, int next, ByteBuf replies) {
    this.connection = connection;
    this.requests = requests;
    this.next = next;
    this.replies = replies;
  }

  @Override
  public ClientConnection connection() {
    return connection;
  }

  public RequestBatch requests() {
    return requests;
  }

  public ByteBuf replies() {
    return replies;
  }

  /// Index of the request to run next; the count of requests when all are done.
  int next() {
    return next;
  }

  boolean hasNext() {
    return next < requests.count();
  }

  void advance() {
    next++;
    firstWait = null;
    dropFetched();
  }

  /// What the request at [#next()] waited for when it was run first, null if it did not.
  @Nullable KeyWait firstWait() {
    return firstWait;
  }

  /// Notes that the request at [#next()] waits. How long, and what it remembers, is what it said first.
  KeyWait firstWait(@Nullable KeyWait wait) {
    KeyWait first = firstWait == null ? wait : firstWait;
    if (first == null) {
      throw new IllegalStateException("a request waits for nothing");
    }
    firstWait = first;
    return first;
  }

  /// Takes the replies so far, which leave on their own.
  byte[] takeReplies() {
    byte[] taken = new byte[replies.readableBytes()];
    replies.readBytes(taken);
    replies.clear();
    return taken;
  }

  /// Lets go of the buffer of the socket, if only the request at [#next()] is left of it: it may have to
  /// wait for long.
  void shrink() {
    if (next == requests.count() - 1 && requests.error() == null) {
      RequestBatch left = requests.copyOf(next);
      requests.release();
      requests = left;
      next = 0;
    }
  }

  /// Notes that a reply tells of writes up to a sequence number.
  void saw(long sequence) {
    seen = Math.max(seen, sequence);
  }

  void wrote(long bytes) {
    bytesWritten += bytes;
  }

  /// Bytes of keys and values that the requests have written: what their connection has to pay for.
  public long bytesWritten() {
    return bytesWritten;
  }

  @Override
  public long seen() {
    return seen;
  }

  @Override
  public void withdraw() {
    replies.clear();
  }

  void putFetched(ReadContext blocks) {
    fetched = blocks;
  }

  /// Takes what [#putFetched(ReadContext)] left, or null.
  @Nullable ReadContext takeFetched() {
    ReadContext blocks = fetched;
    fetched = null;
    return blocks;
  }

  /// Drops the requests that are left unanswered, for a connection that is gone.
  void skipRest() {
    next = requests.count();
    dropFetched();
  }

  /// Lets go of what [#putFetched(ReadContext)] left.
  void dropFetched() {
    ReadContext blocks = takeFetched();
    if (blocks != null) {
      blocks.releasePins();
    }
  }
}
