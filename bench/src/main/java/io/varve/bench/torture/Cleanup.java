package io.varve.bench.torture;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/// What has to be undone, the latest first: when the run ends, and when it is interrupted (SIGINT, SIGTERM).
final class Cleanup implements AutoCloseable {

  /// Something that makes what has to be undone.
  interface Maker<T> {
    T make() throws IOException, InterruptedException;
  }

  /// One thing to undo. Doing it twice does no harm.
  interface Step {
    void undo() throws Exception;
  }

  private final Deque<Step> steps = new ArrayDeque<>();
  private boolean isClosed;
  private volatile boolean isInterrupted;

  Cleanup() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt, "cleanup"));
  }

  /// Whether the program is being ended from outside: then a server that is gone means nothing.
  boolean isInterrupted() {
    return isInterrupted;
  }

  synchronized void add(Step step) {
    steps.push(step);
  }

  /// Makes something and remembers how to undo it, with no moment in between at which an interruption would
  /// leave it behind.
  ///
  /// @throws IOException also if the run was interrupted
  synchronized <T> T make(Maker<T> maker, Function<T, Step> undoing)
      throws IOException, InterruptedException {
    if (isClosed) {
      throw new IOException("interrupted");
    }
    T made = maker.make();
    steps.push(undoing.apply(made));
    return made;
  }

  /// Undoes all; what fails is told and does not keep the rest from being undone.
  @Override
  public synchronized void close() {
    isClosed = true;
    while (!steps.isEmpty()) {
      try {
        steps.pop().undo();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        System.err.println("torture: cannot clean up: " + e);
      }
    }
  }

  private void interrupt() {
    isInterrupted = true;
    close();
  }
}
