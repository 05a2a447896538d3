package io.varve.server.loop;

import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/// Holds replies back until every write that they tell of is durable.
///
/// The command loop adds groups in order; whoever learns that the log has become durable (the loop
/// itself, or the log's thread) releases them in the same order. The lock is taken once per round,
/// not per reply.
final class ReplyGate {

  private final ArrayDeque<ReplyGroup> held = new ArrayDeque<>();
  private boolean failed;

  /// The most that anybody has said is durable.
  private long durable = Long.MIN_VALUE;

  /// Adds a group and releases what is durable by now.
  ///
  /// @param durableSequence asked only when the group is in: who learns of an advance after that finds
  ///     the group, and an advance before that is seen here
  synchronized void add(ReplyGroup group, LongSupplier durableSequence) {
    held.add(group);
    release(durableSequence.getAsLong());
  }

  /// Releases all groups up to a sequence number.
  synchronized void release(long durableSequence) {
    durable = Math.max(durable, durableSequence);
    ReplyGroup first = held.peekFirst();
    while (first != null && first.sequence() <= durable) {
      held.removeFirst();
      first.release();
      first = held.peekFirst();
    }
    if (failed) {
      closeHeld();
    }
  }

  /// The log has failed: what is held will never be durable. Whether those writes survive is unknown,
  /// so clients who were to hear of them hear nothing but see their connection closed, now and from now
  /// on. Replies that tell of durable writes only go out as ever.
  synchronized void fail() {
    failed = true;
    closeHeld();
  }

  private void closeHeld() {
    ReplyGroup group = held.pollFirst();
    while (group != null) {
      for (Outgoing entry : group.entries()) {
        if (entry.seen() > durable) {
          entry.withdraw();
          entry.connection().closeAfterReplies();
        }
      }
      group.release();
      group = held.pollFirst();
    }
  }

  synchronized boolean isEmpty() {
    return held.isEmpty();
  }
}
