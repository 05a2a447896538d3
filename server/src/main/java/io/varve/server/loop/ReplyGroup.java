package io.varve.server.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What one round of the command loop has for clients: replies to the submissions that it finished,
/// and pushes. Immutable once the round is over.
public final class ReplyGroup {

  private static final Outbox[] NONE = {};

  private final ArrayList<Outgoing> entries = new ArrayList<>();

  /// By their index. As long as the greatest one asks for: there is a group for each round, and mostly one
  /// event loop.
  private Outbox[] outboxes = NONE;

  private long outboxMask;
  private long sequence = Long.MIN_VALUE;
  private int submissions;

  ReplyGroup() {}

  /// In the order in which they are to leave.
  public List<Outgoing> entries() {
    return entries;
  }

  /// How many of the entries are submissions.
  int submissionCount() {
    return submissions;
  }

  void add(Submission submission) {
    submissions++;
    append(submission);
  }

  void add(Push push) {
    append(push);
  }

  private void append(Outgoing entry) {
    entries.add(entry);
    sequence = Math.max(sequence, entry.seen());
    Outbox outbox = entry.connection().outbox();
    int index = outbox.index();
    if (index >= outboxes.length) {
      outboxes = Arrays.copyOf(outboxes, index + 1);
    }
    outboxes[index] = outbox;
    outboxMask |= 1L << index;
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /// Nothing in the group tells of a write beyond this sequence number.
  long sequence() {
    return sequence;
  }

  void release() {
    long rest = outboxMask;
    while (rest != 0) {
      int index = Long.numberOfTrailingZeros(rest);
      rest &= rest - 1;
      outboxes[index].release(this);
    }
  }
}
