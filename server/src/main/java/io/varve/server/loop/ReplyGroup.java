package io.varve.server.loop;

import java.util.ArrayList;
import java.util.List;

/// The submissions that one round of the command loop finished. Immutable once the round is over.
public final class ReplyGroup {

  private final ArrayList<Submission> submissions = new ArrayList<>();
  private final Outbox[] outboxes = new Outbox[Long.SIZE];
  private long outboxMask;
  private long sequence = Long.MIN_VALUE;

  ReplyGroup() {}

  /// In the order in which they were finished.
  public List<Submission> submissions() {
    return submissions;
  }

  void add(Submission submission) {
    submissions.add(submission);
    sequence = Math.max(sequence, submission.seen());
    Outbox outbox = submission.connection().outbox();
    outboxes[outbox.index()] = outbox;
    outboxMask |= 1L << outbox.index();
  }

  boolean isEmpty() {
    return submissions.isEmpty();
  }

  /// No reply of the group tells of a write beyond this sequence number.
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
