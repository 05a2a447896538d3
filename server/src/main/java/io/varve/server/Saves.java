package io.varve.server;

import io.varve.engine.Engine;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FileLock;
import io.varve.engine.file.FileSystem;
import io.varve.server.command.TimeSource;
import io.varve.server.loop.CommandLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SAVE and BGSAVE: a checkpoint of everything that was acknowledged, in `DIR/checkpoint`. And DEBUG
/// RELOAD.
///
/// It is a store of its own of hard links and the log's tail, so it takes no flush and hardly any time,
/// and replaces the one before only when it is complete: between two renames a crash can leave
/// `checkpoint.old`, which is whole. While somebody reads the old one, a backup for instance, it is not
/// replaced. Waits for the disk, and so runs on threads that may.
final class Saves {

  private static final Logger LOG = LoggerFactory.getLogger(Saves.class);

  /// The loop takes tasks between two submissions, so only one that has ended takes longer.
  private static final long RELOAD_WAIT_SECONDS = 60;

  private final Engine engine;
  private final CommandLoop loop;
  private final TimeSource time;
  private final FileSystem files = new DiskFileSystem();
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile long lastSaveSeconds;
  private volatile boolean lastFailed;
  private volatile long lastMillis = -1;
  private volatile long lastSequence;

  Saves(Engine engine, CommandLoop loop, TimeSource time) {
    this.engine = engine;
    this.loop = loop;
    this.time = time;
    this.lastSaveSeconds = time.millis() / 1000;
    this.lastSequence = engine.lastSequence();
  }

  /// Makes a checkpoint and waits for it.
  ///
  /// @return false if one is being made
  /// @throws EngineException if it cannot be made
  /// @throws NotInMemoryException on the loop's thread, which then has a thread run it that may wait
  boolean save() {
    if (loop.isLoopThread()) {
      throw NotInMemoryException.INSTANCE;
    }
    if (!begin()) {
      return false;
    }
    try {
      checkpoint();
      return true;
    } finally {
      end();
    }
  }

  /// Writes to tables what is in memtables and drops all blocks from memory, so that whatever is read
  /// next comes from the disk.
  ///
  /// @throws EngineException if the flush fails
  /// @throws NotInMemoryException on the loop's thread, which then has a thread run it that may wait
  void reload() {
    if (loop.isLoopThread()) {
      throw NotInMemoryException.INSTANCE;
    }
    CompletableFuture<Void> sealed = new CompletableFuture<>();
    loop.post(
        () -> {
          engine.sealMemtable();
          sealed.complete(null);
        });
    try {
      sealed.get(RELOAD_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("flush", engine.directory().toString(), "interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new StorageException("flush", engine.directory().toString(), "the loop has ended");
    }
    engine.awaitFlushed();
    engine.forgetBlocks();
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
    try {
      checkpoint();
    } catch (EngineException failed) {
      LOG.warn("no checkpoint: {}", failed.getMessage());
    } finally {
      end();
    }
  }

  private void end() {
    synchronized (running) {
      running.set(false);
      running.notifyAll();
    }
  }

  private void checkpoint() {
    long start = time.millis();
    lastFailed = true;
    try {
      long sequence = replaceCheckpoint(engine.directory());
      lastFailed = false;
      lastSaveSeconds = start / 1000;
      lastSequence = sequence;
      LOG.info(
          "checkpoint up to sequence number {} written in {} ms", sequence, time.millis() - start);
    } catch (IOException e) {
      throw new StorageException("checkpoint", engine.directory().toString(), e);
    } finally {
      lastMillis = time.millis() - start;
    }
  }

  private long replaceCheckpoint(Path directory) throws IOException {
    Path fresh = directory.resolve("checkpoint.new");
    Path current = directory.resolve("checkpoint");
    Path old = directory.resolve("checkpoint.old");
    deleteTree(fresh);
    if (Files.exists(current)) {
      // Else a crash came between the renames, and the old one is all there is for now.
      deleteTree(old);
    }
    long sequence = engine.checkpoint(fresh);
    if (Files.exists(current)) {
      FileLock held = lock(current);
      try {
        files.rename(current, old);
      } finally {
        held.close();
      }
    }
    files.rename(fresh, current);
    files.syncDirectory(directory);
    deleteTree(old);
    return sequence;
  }

  private FileLock lock(Path checkpoint) {
    try {
      return files.lock(checkpoint.resolve("LOCK"));
    } catch (StorageException e) {
      throw new StorageException(
          "replacement",
          checkpoint.toString(),
          "somebody has the last checkpoint open, a backup perhaps: " + e.getMessage());
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

  /// The last sequence number in the last checkpoint, or at the start of the server.
  long lastSequence() {
    return lastSequence;
  }

  /// How long the last BGSAVE took, -1 if there was none.
  long lastMillis() {
    return lastMillis;
  }
}
