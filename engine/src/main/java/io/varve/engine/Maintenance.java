package io.varve.engine;

import io.varve.engine.compaction.BackgroundFault;
import io.varve.engine.compaction.BackgroundHost;
import io.varve.engine.compaction.BackgroundOptions;
import io.varve.engine.compaction.BackgroundWork;
import io.varve.engine.compaction.CompactionCounters;
import io.varve.engine.compaction.CompactionDebt;
import io.varve.engine.compaction.CompactionPlanner;
import io.varve.engine.compaction.FlushSource;
import io.varve.engine.compaction.JobResources;
import io.varve.engine.compaction.Pacer;
import io.varve.engine.compaction.SnapshotBounds;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.version.Version;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The engine's side of flushes and merges: what they need of it, and what they tell it.
///
/// Also looks at the free space once a second, and at what writers owe forty times a second. Methods of
/// [BackgroundHost] run on background threads.
final class Maintenance implements BackgroundHost, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

  private static final long SPACE_CHECK_MILLIS = 1_000;

  private static final long ADMISSION_MILLIS = 25;

  /// Every so many looks at the space are one at the merges.
  private static final int MERGE_CHECKS = 5;

  private final Engine engine;
  private final EngineOptions options;
  private final Path directory;
  private final BackgroundWork work;
  private final Pacer pacer;
  private final Admission admission;
  private final ScheduledExecutorService watch;
  private volatile CompactionFilter filter = CompactionFilter.NONE;
  private volatile @Nullable String roomShortage;
  private volatile boolean flushDelayed;
  private int ticks;

  Maintenance(Engine engine, EngineOptions options, JobResources jobs) {
    this.engine = engine;
    this.options = options;
    this.directory = jobs.versions().directory();
    this.pacer = new Pacer(options.backgroundBytesPerSecond());
    this.admission = new Admission(options, pacer);
    BackgroundOptions defaults = BackgroundOptions.defaults();
    this.work =
        new BackgroundWork(
            jobs,
            new CompactionPlanner(options.plannerOptions()),
            new BackgroundOptions(
                options.mergeThreads(),
                defaults.retryMillisMin(),
                defaults.retryMillisMax(),
                options.tableBytes()),
            pacer,
            this);
    this.watch =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().name("varve-watch").daemon(true).unstarted(task));
  }

  void start() {
    checkSpace();
    watch.execute(engine.spareMemtable()::prepare);
    work.start();
    work.flushWanted();
    var _ =
        watch.scheduleWithFixedDelay(
            this::tick, SPACE_CHECK_MILLIS, SPACE_CHECK_MILLIS, TimeUnit.MILLISECONDS);
    var _ =
        watch.scheduleWithFixedDelay(
            this::admit, ADMISSION_MILLIS, ADMISSION_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Has the sealed memtable flushed and the next one made ready, elsewhere, and looks at what is owed,
  /// at once: memtables may fill faster than anybody looks.
  void memtableSealed() {
    work.flushWanted();
    watch.execute(engine.spareMemtable()::prepare);
    admit();
  }

  void tablesReleased() {
    work.tablesReleased();
  }

  void mergesWanted() {
    work.mergesWanted();
  }

  void setFilter(CompactionFilter newFilter) {
    filter = newFilter;
    work.mergesWanted();
  }

  BackgroundWork work() {
    return work;
  }

  CompactionCounters counters() {
    return work.counters();
  }

  List<String> runningMerges() {
    return work.runningMerges();
  }

  /// In words for a client why puts should be refused for want of room, or null.
  @Nullable String findRoomShortage() {
    return roomShortage;
  }

  /// Whether flushes are failing and being tried again: to wait for one may take for ever.
  boolean isFlushDelayed() {
    return flushDelayed;
  }

  /// Whether merges are so far behind that writers should wait.
  boolean isBehind(Version version) {
    CompactionDebt debt = work.debt(version);
    return debt.levelZeroRuns() > options.fanOut() * Admission.RUNS_MOST;
  }

  Admission admission() {
    return admission;
  }

  /// Bytes of keys and values that the background may move in a second, 0 for no limit.
  void setBytesPerSecond(long bytes) {
    pacer.setBytesPerSecond(bytes);
  }

  /// Sets the rate of writes by what is owed now.
  void admit() {
    try (ReadView view = engine.acquireView()) {
      admission.update(view, work.debt(view.version()));
    }
  }

  /// Looks at what changes with time alone: free space, and what there is to merge or to drop, since
  /// entries expire, windows end, snapshots are let go of, and range tombstones are published.
  private void tick() {
    checkSpace();
    if (++ticks % MERGE_CHECKS == 0 || engine.hasRangeTombstones()) {
      work.mergesWanted();
    }
  }

  private void checkSpace() {
    String found = null;
    try {
      long usable = options.fileSystem().usableBytes(directory);
      if (usable < options.reserveBytes()) {
        found =
            "only "
                + usable
                + " bytes are free where the data lie and "
                + options.reserveBytes()
                + " are kept in reserve";
      }
    } catch (StorageException e) {
      LOG.warn("cannot tell how much room is left: {}", e.getMessage());
    }
    boolean before = roomShortage != null;
    roomShortage = found;
    if (found != null && !before) {
      LOG.warn("puts are refused from now on: {}", found);
    } else if (found == null && before) {
      LOG.info("there is room again: puts are taken");
    }
  }

  @Override
  public @Nullable FlushSource nextFlush() {
    return engine.oldestSealed();
  }

  @Override
  public SnapshotBounds snapshots() {
    return engine.snapshots().bounds();
  }

  @Override
  public CompactionFilter filter() {
    return filter;
  }

  @Override
  public void flushing(FlushSource source) {
    engine.flushing((SealedMemtable) source);
  }

  @Override
  public void flushed(FlushSource source, Version version) {
    flushDelayed = false;
    engine.flushed((SealedMemtable) source);
    work.mergesWanted();
  }

  @Override
  public void versionChanged(Version version) {
    engine.versionInstalled();
  }

  @Override
  public void faulted(BackgroundFault fault) {
    switch (fault.kind()) {
      case FLUSH_DELAYED -> {
        flushDelayed = true;
        LOG.warn("{}", fault);
        engine.wakeWaiters();
      }
      case MERGE_DELAYED -> LOG.warn("{}", fault);
      case RECOVERED -> {
        flushDelayed = false;
        LOG.info("{}", fault);
      }
      case TABLE_DAMAGED -> LOG.error("{}", fault, fault.cause());
      case MANIFEST_POISONED, BUG -> {
        LOG.error("{}", fault, fault.cause());
        engine.poison(asEngineException(fault));
      }
    }
  }

  private static EngineException asEngineException(BackgroundFault fault) {
    if (fault.cause() instanceof EngineException cause) {
      return cause;
    }
    return new StorageException(fault.what(), "the store", String.valueOf(fault.cause()));
  }

  @Override
  public void close() {
    // Also ends the watch; what it is in the middle of takes no lock and ends soon.
    watch.close();
    work.close();
  }
}
