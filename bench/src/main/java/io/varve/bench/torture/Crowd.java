package io.varve.bench.torture;

import io.varve.bench.figures.Target;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/// The writers of one fault, each with keys of its own: some send one write at a time, some many.
final class Crowd {

  private static final int[] PIPELINES = {1, 1, 8, 64};

  private final List<Writer> writers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private AtomicBoolean stopped = new AtomicBoolean();

  Crowd(Random random, Tally tally) {
    for (int pipeline : PIPELINES) {
      writers.add(new Writer(writers.size(), pipeline, random.nextLong(), tally));
    }
  }

  /// Lets all write until they are stopped or the server is gone.
  void start(Target target, Writer.Refusal refusal) {
    AtomicBoolean end = new AtomicBoolean();
    stopped = end;
    for (Writer writer : writers) {
      // Daemons: an interrupted run does not wait for them.
      threads.add(
          Thread.ofPlatform().daemon().start(() -> writer.write(target, refusal, end::get)));
    }
  }

  /// Waits until all have stopped; they do so within their patience.
  void stop() throws InterruptedException {
    stopped.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
  }

  /// Compares all keys with what they may be. Not while they write.
  void check(Target target) throws IOException {
    try (RespClient client = RespClient.connect(target.host(), target.port(), Writer.PATIENCE)) {
      for (Writer writer : writers) {
        writer.check(client);
      }
    }
  }
}
