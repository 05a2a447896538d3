package io.varve.server.loop;

import io.varve.server.command.KeyWait;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client whose next request cannot be answered yet. Owned by [WaitingClients].
final class WaitingClient {

  /// Why a wait ends that nothing came for.
  enum End {
    TIME_IS_UP,
    UNBLOCKED_WITH_ERROR,
    GONE
  }

  final Submission submission;
  final KeyWait wait;

  /// Who has a lower one came earlier.
  final long number;

  final List<KeyQueue> queues = new ArrayList<>(2);

  /// A reader thread fetches what its request needs from disk.
  boolean fetching;

  @Nullable End end;

  WaitingClient(Submission submission, KeyWait wait, long number) {
    this.submission = submission;
    this.wait = wait;
    this.number = number;
  }

  boolean hasDeadline() {
    return wait.deadlineMillis() != KeyWait.NO_DEADLINE;
  }
}
