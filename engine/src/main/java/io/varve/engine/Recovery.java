package io.varve.engine;

import io.varve.engine.batch.BatchReader;
import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.FlushJob;
import io.varve.engine.compaction.JobResources;
import io.varve.engine.compaction.JobResult;
import io.varve.engine.compaction.LargeValueStore;
import io.varve.engine.compaction.Pacer;
import io.varve.engine.compaction.SnapshotBounds;
import io.varve.engine.file.FileLock;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.memtable.HashMemtable;
import io.varve.engine.memtable.Memtable;
import io.varve.engine.sstable.TableCache;
import io.varve.engine.value.ValueFiles;
import io.varve.engine.version.VersionSet;
import io.varve.engine.wal.DurabilityListener;
import io.varve.engine.wal.Log;
import io.varve.engine.wal.Wal;
import io.varve.engine.wal.WalOptions;
import io.varve.engine.wal.WalReader;
import io.varve.engine.wal.WalReplay;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens a store: lock, manifest, replay of the log, and then the engine.
///
/// The log is replayed into memtables from the segment on that the manifest names. A memtable that
/// fills up during replay is flushed on the spot; the last one becomes the active memtable, and its
/// segments stay until it is flushed. So a store that was closed cleanly replays nothing, and one
/// that was killed replays at most what its memtables held. Chapter: `docs/internals/recovery.md`.
final class Recovery {

  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /// The log and what was in it.
  ///
  /// @param memtable what was replayed and is not yet in a table
  record Replayed(Memtable memtable, WalReplay replay) {}

  private final Path directory;
  private final EngineOptions options;
  private final JobResources jobs;
  private final VersionSet versions;
  private final Inserter inserter = new Inserter();
  private Memtable memtable;
  private long replayedTo;

  private Recovery(Path directory, EngineOptions options, JobResources jobs) {
    this.directory = directory;
    this.options = options;
    this.jobs = jobs;
    this.versions = jobs.versions();
    this.memtable = new HashMemtable(options.memtableBytes());
  }

  static Engine open(Path directory, EngineOptions options) {
    FileSystem files = options.fileSystem();
    files.createDirectories(directory);
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      FileLock lock = files.lock(FileNames.lock(directory));
      opened.push(lock);
      BlockCache cache = new BlockCache(options.blockCacheBytes());
      opened.push(cache);
      TableCache tables =
          new TableCache(
              files,
              number -> FileNames.sstable(directory, number),
              cache,
              options.openTablesMax());
      opened.push(tables);
      ValueFiles values =
          new ValueFiles(
              files, number -> FileNames.value(directory, number), cache, options.openTablesMax());
      opened.push(values);
      TableEvents events = new TableEvents(tables, values);
      VersionSet versions =
          VersionSet.open(files, directory, VersionSet.Options.defaults(), events);
      opened.push(versions);
      JobResources jobs =
          new JobResources(
              files,
              versions,
              tables,
              options.tableFormats(),
              new LargeValueStore(values, options.largeValueBytes()),
              options.clock());
      Recovery recovery = new Recovery(directory, options, jobs);
      opened.push(recovery::releaseMemtable);
      Replayed replayed = recovery.replay();
      return new Engine(options, directory, lock, cache, jobs, events, replayed);
    } catch (RuntimeException | Error failed) {
      closeAll(opened, failed);
      throw failed;
    }
  }

  private static void closeAll(Deque<AutoCloseable> opened, Throwable failed) {
    for (AutoCloseable part : opened) {
      try {
        part.close();
      } catch (Exception e) {
        failed.addSuppressed(e);
      }
    }
  }

  /// The log, ready to be written behind what was replayed.
  static Log openLog(
      Path directory, EngineOptions options, WalReplay replay, DurabilityListener listener) {
    WalOptions walOptions =
        WalOptions.defaults()
            .withSyncPolicy(options.syncPolicy())
            .withCommitMode(options.commitMode())
            .withSegmentBytes(options.walSegmentBytes());
    return Wal.open(
        options.fileSystem(),
        directory,
        walOptions,
        replay.nextSegment(),
        replay.lastSequence(),
        listener);
  }

  private Replayed replay() {
    long started = System.nanoTime();
    WalReplay replay =
        WalReader.replay(
            jobs.files(), directory, versions.walSegment(), versions.lastSequence(), this::take);
    for (String tail : replay.tails()) {
      LOG.info("replay: {}", tail);
    }
    LOG.info(
        "recovered {}: {} tables in {} runs, {} batches ({} bytes) replayed from {} log segments in"
            + " {} ms, last sequence number {}",
        directory,
        versions.state().version().tableCount(),
        versions.state().version().runCount(),
        replay.batches(),
        replay.bytes(),
        replay.segments(),
        (System.nanoTime() - started) / 1_000_000,
        replay.lastSequence());
    return new Replayed(memtable, replay);
  }

  /// After a failure: nobody else has the memtable then.
  private void releaseMemtable() {
    memtable.release();
  }

  private void take(long segment, long lastSequence, Slice batch) {
    long base = BatchReader.baseSequence(batch);
    if (lastSequence <= versions.lastSequence()) {
      return; // Already in a table.
    }
    if (memtable.usedBytes() >= options.memtableBytes()) {
      flushFull(segment);
    }
    inserter.begin(memtable, base);
    BatchReader.read(batch, inserter);
    replayedTo = lastSequence;
  }

  /// @param segment segment of the next batch: replay would have to start there
  private void flushFull(long segment) {
    SealedMemtable full = new SealedMemtable(memtable, replayedTo, segment);
    JobResult flushed =
        new FlushJob(
                jobs,
                full,
                SnapshotBounds.none(),
                CompactionFilter.NONE,
                Pacer.Steps.FREE,
                options.tableBytes())
            .run();
    versions.apply(flushed.edit()).release();
    memtable.release();
    memtable = new HashMemtable(options.memtableBytes());
  }
}
