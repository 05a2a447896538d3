package io.varve.engine;

import io.varve.engine.backup.LogArchive;
import io.varve.engine.backup.StoreIdentity;
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
import io.varve.engine.version.VersionEdit;
import io.varve.engine.version.VersionSet;
import io.varve.engine.wal.DurabilityListener;
import io.varve.engine.wal.Log;
import io.varve.engine.wal.Wal;
import io.varve.engine.wal.WalArchiveOptions;
import io.varve.engine.wal.WalConsumer;
import io.varve.engine.wal.WalOptions;
import io.varve.engine.wal.WalReader;
import io.varve.engine.wal.WalReplay;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
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
  /// @param archive where the log is to be archived; null for nowhere
  record Replayed(Memtable memtable, WalReplay replay, @Nullable WalArchiveOptions archive) {}

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
      VersionSet.Options versionOptions =
          VersionSet.Options.defaults().withInitialProperties(StoreIdentity.fresh().toProperties());
      VersionSet versions = VersionSet.open(files, directory, versionOptions, events);
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
      Path directory, EngineOptions options, Replayed replayed, DurabilityListener listener) {
    WalReplay replay = replayed.replay();
    WalOptions walOptions =
        WalOptions.defaults()
            .withSyncPolicy(options.syncPolicy())
            .withCommitMode(options.commitMode())
            .withSegmentBytes(options.walSegmentBytes())
            .withClock(options.clock())
            .withArchive(replayed.archive());
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
            jobs.files(), directory, versions.walSegment(), versions.lastSequence(), new Taker());
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
    return new Replayed(memtable, replay, settleIdentity(replay.lastSequence()));
  }

  /// Sees to it that the store has an identity and a timeline of its own, and that the archive, if
  /// there is one, holds nothing on this timeline that the store does not have.
  ///
  /// @param lastSequence where the store goes on from
  private @Nullable WalArchiveOptions settleIdentity(long lastSequence) {
    StoreIdentity known = StoreIdentity.find(versions.state().properties());
    StoreIdentity identity = known == null ? StoreIdentity.fresh() : known;
    if (identity.timeline() == null) {
      identity = identity.fork(lastSequence);
    }
    ArchiveOptions wanted = options.walArchive();
    if (wanted == null) {
      adopt(known, identity);
      return null;
    }
    LogArchive archive = new LogArchive(options.fileSystem(), wanted.directory());
    long archived = archive.lastSequence(identity.contentTimeline());
    if (archived > lastSequence) {
      LOG.warn(
          "the archive {} goes on to sequence number {} where this store ends at {}: an old copy was"
              + " put back, or the disk lost what it had promised to keep. The store goes on as a new"
              + " timeline",
          wanted.directory(),
          archived,
          lastSequence);
      identity = identity.fork(lastSequence);
      archived = -1;
    }
    adopt(known, identity);
    return new WalArchiveOptions(
        archive.begin(identity), wanted.intervalMillis(), wanted.backlogBytesMax(), archived);
  }

  private void adopt(@Nullable StoreIdentity known, StoreIdentity identity) {
    if (!identity.equals(known)) {
      VersionEdit.Builder edit = VersionEdit.builder();
      identity.toProperties().forEach(edit::property);
      versions.apply(edit.build()).release();
      LOG.info("{} is {}", directory, identity);
    }
  }

  /// After a failure: nobody else has the memtable then.
  private void releaseMemtable() {
    memtable.release();
  }

  /// Takes what is replayed into the memtable.
  private final class Taker implements WalConsumer {

    @Override
    public void batch(long segment, long lastSequence, Slice batch) {
      take(segment, lastSequence, batch);
    }

    /// What is no part of the log now never will be, and nobody may take it for one later.
    @Override
    public void notPart(long segment) {
      options.fileSystem().delete(FileNames.wal(directory, segment));
      options.fileSystem().syncDirectory(directory);
    }
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
