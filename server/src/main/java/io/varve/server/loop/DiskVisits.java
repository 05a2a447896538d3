package io.varve.server.loop;

import io.varve.engine.ReadView;
import io.varve.engine.error.EngineException;
import io.varve.server.command.Outcome;
import io.varve.server.session.Session;
import java.util.function.Consumer;

/// Brings parked requests to the reader threads and back to the loop.
///
/// The submission belongs to the reader until `then` runs on the loop. A read-only request is answered
/// there for good; any other is rehearsed: its blocks come into memory, and it runs again on the loop.
final class DiskVisits {

  private final ReaderPool readers;
  private final FailureReplies failures;
  private final Consumer<Runnable> loop;
  private int count;

  /// @param loop runs tasks on the command loop
  DiskVisits(ReaderPool readers, FailureReplies failures, Consumer<Runnable> loop) {
    this.readers = readers;
    this.failures = failures;
    this.loop = loop;
  }

  /// Requests that a reader has now, or will have. Command loop only.
  int count() {
    return count;
  }

  /// Sends the next request of a submission to a reader.
  ///
  /// @param pinned the view to read from; closed by the reader
  /// @param then told on the loop whether the request is answered, with the answer among the replies
  void send(
      Submission submission,
      ReadView pinned,
      long sequence,
      boolean readOnly,
      Consumer<Boolean> then) {
    count++;
    if (readOnly) {
      readers.execute(with -> read(submission, pinned, sequence, with, then));
    } else {
      readers.execute(with -> rehearse(submission, pinned, sequence, with, then));
    }
  }

  private void read(
      Submission submission,
      ReadView pinned,
      long sequence,
      CommandRunner with,
      Consumer<Boolean> then) {
    Session session = submission.connection().session();
    boolean answered = true;
    try {
      with.beginSeries();
      Outcome outcome =
          with.run(
              session,
              submission.requests(),
              submission.next(),
              pinned,
              sequence,
              CommandRunner.Mode.READ,
              false,
              null);
      answered = outcome != Outcome.PAUSED;
    } catch (EngineException damage) {
      failures.diskFailed(session, damage);
    } catch (RuntimeException | Error bug) {
      loop.accept(() -> rethrow(bug));
      return;
    } finally {
      pinned.close();
    }
    back(answered, then);
  }

  private void rehearse(
      Submission submission,
      ReadView pinned,
      long sequence,
      CommandRunner with,
      Consumer<Boolean> then) {
    Session session = submission.connection().session();
    boolean answered = false;
    try {
      with.beginSeries();
      with.resuming(submission.firstWait());
      with.run(
          session,
          submission.requests(),
          submission.next(),
          pinned,
          sequence,
          CommandRunner.Mode.REHEARSE,
          false,
          null);
      submission.putFetched(with.takeContext());
    } catch (EngineException damage) {
      with.takeContext().releasePins();
      failures.diskFailed(session, damage);
      answered = true;
    } catch (RuntimeException | Error bug) {
      loop.accept(() -> rethrow(bug));
      return;
    } finally {
      pinned.close();
    }
    back(answered, then);
  }

  private void back(boolean answered, Consumer<Boolean> then) {
    loop.accept(
        () -> {
          count--;
          then.accept(answered);
        });
  }

  private static void rethrow(Throwable bug) {
    throw new IllegalStateException("a reader thread came upon a fault of the server", bug);
  }
}
