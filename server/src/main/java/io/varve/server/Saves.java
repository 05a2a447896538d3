package io.varve.server;

import io.varve.engine.Engine;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.server.command.TimeSource;
import io.varve.server.loop.CommandLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SAVE and BGSAVE: everything into tables, and a checkpoint of them.
///
/// SAVE flushes the memtable. BGSAVE also makes `DIR/checkpoint`, a store of its own of hard links,
/// replacing the one before only when the new one is complete: between two renames a crash can leave
/// `checkpoint.old`, which is whole. Both wait for the disk and so run on threads that may.
final class Saves {

  private static final Logger LOG = LoggerFactory.getLogger(Saves.class);

  private final Engine engine;
  private final CommandLoop loop;
  private final TimeSource time;
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile long lastSaveSeconds;
  private volatile boolean lastFailed;
  private volatile long lastMillis = -1;

  Saves(Engine engine, CommandLoop loop, TimeSource time) {
    this.engine = engine;
    this.loop = loop;
    this.time = time;
    this.lastSaveSeconds = time.millis() / 1000;
  }

  /// Waits until all that was written by now is in tables.
  ///
  /// @throws NotInMemoryException on the loop's thread, which then has a thread run it that may wait
  void save() {
    if (loop.isLoopThread()) {
      throw NotInMemoryException.INSTANCE;
    }
    CompletableFuture<Void> sealed = new CompletableFuture<>();
    loop.post(
        () -> {
          try {
            engine.sealMemtable();
            sealed.complete(null);
          } catch (RuntimeException refused) {
            sealed.completeExceptionally(refused);
          }
        });
    try {
      sealed.join();
    } catch (CompletionException refused) {
      if (refused.getCause() instanceof EngineException cause) {
        throw cause;
      }
      throw refused;
    }
    engine.awaitFlushed();
    lastSaveSeconds = time.millis() / 1000;
  }

  /// Takes the right to make a checkpoint; false if one is being made.
  boolean begin() {
    return running.compareAndSet(false, true);
  }

  /// Waits for a checkpoint that is being made and lets no other begin: it needs the loop, so this
  /// comes before the loop's end.
  void close() {
    synchronized (running) {
      while (!running.compareAndSet(false, true)) {
        try {
          running.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  /// Makes the checkpoint after [#begin()]. Not on the loop's thread.
  void run() {
    long start = time.millis();
    try {
      save();
      replaceCheckpoint(engine.directory());
      lastFailed = false;
      LOG.info("checkpoint written in {} ms", time.millis() - start);
    } catch (EngineException | UncheckedIOException failed) {
      lastFailed = true;
      LOG.warn("no checkpoint: {}", failed.getMessage());
    } finally {
      lastMillis = time.millis() - start;
      synchronized (running) {
        running.set(false);
        running.notifyAll();
      }
    }
  }

  private void replaceCheckpoint(Path directory) {
    Path fresh = directory.resolve("checkpoint.new");
    Path current = directory.resolve("checkpoint");
    Path old = directory.resolve("checkpoint.old");
    try {
      deleteTree(fresh);
      deleteTree(old);
      engine.checkpoint(fresh);
      if (Files.exists(current)) {
        Files.move(current, old);
      }
      Files.move(fresh, current);
      deleteTree(old);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> paths = Files.walk(root)) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }

  boolean isRunning() {
    return running.get();
  }

  long lastSaveSeconds() {
    return lastSaveSeconds;
  }

  /// Whether the last BGSAVE failed.
  boolean hasLastFailed() {
    return lastFailed;
  }

  /// How long the last BGSAVE took, -1 if there was none.
  long lastMillis() {
    return lastMillis;
  }
}
