package io.varve.engine;

import io.varve.engine.admission.WriteCredits;
import io.varve.engine.backup.BackupDirectory;
import io.varve.engine.backup.BackupManifest;
import io.varve.engine.backup.Checkpoint;
import io.varve.engine.backup.StoreIdentity;
import io.varve.engine.backup.StoreImage;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionMode;
import io.varve.engine.compaction.JobResources;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileLock;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.MergingIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.VisibleIterator;
import io.varve.engine.key.Lookup;
import io.varve.engine.memtable.Memtable;
import io.varve.engine.rowcache.RowCache;
import io.varve.engine.rowcache.RowCacheStats;
import io.varve.engine.rowcache.RowEpoch;
import io.varve.engine.sstable.TableCache;
import io.varve.engine.value.ValueFiles;
import io.varve.engine.version.Run;
import io.varve.engine.version.ValueFileUses;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionSet;
import io.varve.engine.wal.DurabilityListener;
import io.varve.engine.wal.Log;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An ordered, durable key-value store in one directory.
///
/// One thread at a time writes ([#write(WriteBatch)], [#commit()]); any number of threads read. A
/// write goes to the log's open group and to the memtable at once and is visible to the writer; it is
/// durable, and visible to everybody else, when [#durableSequence()] has reached it. Nothing here
/// makes the writer wait for the disk: flushes and merges run on threads of their own, and when they
/// fall behind, [#isBacklogged()] asks the writer to be patient.
///
/// Longer than other files, because it is the one door: each method is short and leads to a room, and
/// what is shared between them (views, memtables, the failure) changes together.
///
/// Usage without a server:
///
/// ```
/// try (Engine engine = Engine.open(Path.of("store"), EngineOptions.defaults())) {
///   WriteBatch batch = new WriteBatch();
///   batch.put(Slice.of("city"), Slice.of("Uppsala"));
///   engine.writeDurably(batch);
///   byte[] value = engine.find(Slice.of("city")); // null if there is none
/// }
/// ```
public final class Engine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /// Waiters look again after this time whatever happens.
  private static final long WAIT_MILLIS_MAX = 1_000;

  private final EngineOptions options;
  private final Path directory;
  private final FileSystem files;
  private final FileLock lock;
  private final VersionSet versions;
  private final BlockCache cache;
  private final TableCache tables;
  private final ValueFiles values;
  private final @Nullable RowCache rows;
  private final ReadPath readPath;
  private final Log log;
  private final Maintenance maintenance;
  private final Snapshots snapshots;
  private final ReadTotals readTotals = new ReadTotals();
  private final List<DurabilityListener> durabilityListeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> roomListeners = new CopyOnWriteArrayList<>();
  private final Inserter inserter = new Inserter();

  /// The writer's.
  private final EarlySeal earlySeal;

  private final SpareMemtable spare;

  private final Object durableLock = new Object();

  /// Held while listeners are told, so that they hear one thing at a time and a failure last.
  private final Object tellLock = new Object();

  /// Held from looking at the backlog to noting it, so that the latest look is the one that stays.
  private final Object backlogLock = new Object();

  /// Guards the count of copies that are being made.
  private final Object imageLock = new Object();

  /// Guards the making of views; held for pointer swaps only.
  private final Object viewLock = new Object();

  private final ArrayList<SealedMemtable> sealed = new ArrayList<>(); // oldest first; viewLock
  private Memtable active; // changes under viewLock, by the writer
  private volatile ReadView current;

  private volatile long lastSequence;

  /// Published with the sequence number.
  private long bytesWritten;

  private volatile boolean backlogged; // changes under backlogLock
  private volatile int durableWaiters; // changes under durableLock
  private volatile @Nullable EngineException poison;
  private volatile boolean closed; // changes under imageLock
  private int images; // imageLock

  Engine(
      EngineOptions options,
      Path directory,
      FileLock lock,
      BlockCache cache,
      JobResources jobs,
      TableEvents events,
      Recovery.Replayed replayed) {
    this.options = options;
    this.directory = directory;
    this.files = options.fileSystem();
    this.lock = lock;
    this.versions = jobs.versions();
    this.cache = cache;
    this.tables = jobs.tables();
    this.values = jobs.largeValues().files();
    this.rows = RowCache.create(options.rowCacheBytes());
    this.readPath = new ReadPath(tables, values, rows);
    this.earlySeal = new EarlySeal(options.tableBytes() / 4, options.clock());
    this.spare = new SpareMemtable(options.memtableBytes());
    this.active = replayed.memtable();
    this.lastSequence = replayed.replay().lastSequence();
    this.snapshots = new Snapshots(this::durableSequence);
    this.log = Recovery.openLog(directory, options, replayed, new LogListener());
    this.current = newView();
    this.maintenance = new Maintenance(this, options, jobs);
    events.deleteWith(maintenance::tablesReleased);
    maintenance.start();
  }

  /// Opens the store of a directory, creating both if they are not there, and replays its log.
  ///
  /// @throws io.varve.engine.error.StorageException if another process has it open, or the disk fails
  /// @throws io.varve.engine.error.CorruptionException naming file and offset, if anything that counts
  ///     is damaged; a torn end of the log does not count
  /// @throws io.varve.engine.error.IncompatibleFormatException if a newer version wrote it
  public static Engine open(Path directory, EngineOptions options) {
    return Recovery.open(directory, options);
  }

  // --- Writing. One thread at a time.

  /// Applies a batch: gives it sequence numbers, copies it to the log's open group and puts it into
  /// the memtable. Durable only after [#commit()] and then some; memory only, never the disk.
  ///
  /// @return sequence number of its last operation
  /// @throws EngineException if the store takes no writes (a failed log, no room on the disk); nothing
  ///     has changed then
  public long write(WriteBatch batch) {
    EngineException failed = poison;
    if (failed != null) {
      throw new StorageException("write", directory.toString(), "refused: " + failed.getMessage());
    }
    if (batch.isEmpty()) {
      return lastSequence;
    }
    long base = lastSequence + 1;
    long last = lastSequence + batch.count();
    batch.setBaseSequence(base);
    log.append(batch.encoded(), last);
    insert(batch, base);
    bytesWritten += batch.byteSize();
    lastSequence = last;
    if (batch.rangeDeleteCount() > 0) {
      earlySeal.look(batch, current.version());
    }
    if (active.usedBytes() >= options.memtableBytes() || isEarlySealDue()) {
      seal();
    }
    return last;
  }

  private boolean isEarlySealDue() {
    return earlySeal.isWanted() && current.sealed().isEmpty();
  }

  /// A batch that is in the log has to be in the memtable whole: what runs out of memory halfway leaves
  /// a store that must not be written any more.
  private void insert(WriteBatch batch, long base) {
    try {
      inserter.begin(active, base);
      batch.visit(inserter);
    } catch (RuntimeException | Error e) {
      poison(new StorageException("write", directory.toString(), e));
      throw e;
    }
  }

  /// Hands the open group to the log. Returns without waiting for the disk, unless the log has found
  /// that syncing at once is the quickest way.
  public void commit() {
    if (poison == null) {
      try {
        if (isEarlySealDue()) {
          seal();
        }
        log.commit();
      } catch (StorageException failed) {
        // The log's thread has failed and its word has not come through yet.
        poison(failed);
      }
    }
  }

  /// [#awaitCredit(long)], [#write(WriteBatch)] and [#commit()], then waits until it is durable: for
  /// programs that embed the engine and have no replies to hold back.
  public long writeDurably(WriteBatch batch) {
    awaitCredit(batch.byteSize());
    long last = write(batch);
    commit();
    awaitDurable(last);
    return last;
  }

  /// Waits until a sequence number is durable according to the policy; somebody has to have committed
  /// it.
  ///
  /// @throws StorageException if it will never be
  public void awaitDurable(long sequence) {
    synchronized (durableLock) {
      durableWaiters++;
      try {
        while (log.durableSequence() < sequence) {
          EngineException failed = poison;
          if (failed != null) {
            throw new StorageException(
                "write", directory.toString(), "not durable: " + failed.getMessage());
          }
          waitOn(durableLock);
        }
      } finally {
        durableWaiters--;
      }
    }
  }

  /// Waits until all that is durable by the policy is synced, so that it survives a power cut; under
  /// `ALWAYS` that is so already. Any thread.
  ///
  /// @throws StorageException if the log has failed; nothing can be written any more then
  public void sync() {
    awaitDurable(log.durableSequence());
    log.sync();
    EngineException failed = failure();
    if (failed != null) {
      throw new StorageException(
          "sync", directory.toString(), "not durable: " + failed.getMessage());
    }
  }

  /// Spends credits for a write that is about to come, and waits for as long as flushes and merges need
  /// to keep up with writes like it: not at all while nothing is owed, and never for long at a time.
  /// Writing without it is allowed; then [#isBacklogged()] says when it is too much. Any thread;
  /// returns at once when interrupted.
  ///
  /// @param bytes of keys and values, about
  public void awaitCredit(long bytes) {
    if (bytes > 0) {
      maintenance.admission().await(bytes);
    }
  }

  /// The credits that writers spend, for those who may not block: each of them has a
  /// [WriteCredits.Spender] and pauses by a timer of its own.
  public WriteCredits credits() {
    return maintenance.admission().credits();
  }

  /// Replaces the active memtable by an empty one and the log segment with it.
  private void seal() {
    log.roll();
    Memtable fresh = spare.take();
    synchronized (viewLock) {
      sealed.add(new SealedMemtable(active, lastSequence, log.currentSegment()));
      active = fresh;
      publishView();
    }
    earlySeal.done();
    maintenance.memtableSealed();
    updateBacklog();
  }

  // --- What is visible.

  /// Newest sequence number that has been written; the writer may read there.
  public long lastSequence() {
    return lastSequence;
  }

  /// Bytes of keys and values that were written since the store was opened. The writer's thread, or
  /// whoever has read [#lastSequence()] before.
  public long bytesWritten() {
    return bytesWritten;
  }

  /// Newest sequence number that is durable; everybody may read there.
  public long durableSequence() {
    return log.durableSequence();
  }

  /// Where the writer reads: its own newest write, or, once the log has failed, what is durable.
  public long readableSequence() {
    return poison == null ? lastSequence : log.durableSequence();
  }

  /// Pins memtables and tables for reading. Close it soon.
  public ReadView acquireView() {
    while (true) {
      ReadView view = current;
      if (view.tryRetain()) {
        return view;
      }
      if (closed && view == current) {
        throw new IllegalStateException("the store is closed");
      }
    }
  }

  /// The given view if it is still the current one, else the current one in exchange for it.
  public ReadView refresh(ReadView view) {
    if (view == current) {
      return view;
    }
    ReadView fresh = acquireView();
    view.close();
    return fresh;
  }

  /// Keeps everything that is visible now from being dropped by flushes and merges.
  public Snapshot snapshot() {
    return snapshots.take();
  }

  // --- Reading. Any thread.

  /// Looks a key up.
  ///
  /// @param sequence newest sequence number to see
  /// @param value pointed at the value if found; valid until `reads` lets go of its blocks or the view
  ///     is closed, whichever is first
  /// @throws EngineException if a block cannot be read or is damaged
  /// @throws io.varve.engine.error.NotInMemoryException if `reads` allows memory only and a block is
  ///     not there
  public Lookup get(ReadView view, Slice key, long sequence, ReadContext reads, Slice value) {
    return readPath.get(view, key, sequence, reads, value);
  }

  /// Reads what lookups of keys will read first, so that those of a pipeline wait for memory together and
  /// not one after the other. Never the disk.
  ///
  /// @param hashes [Slice#hash()] of the keys
  /// @param count how many of them count
  /// @return something that depends on what was read; use it, or the reading is optimised away
  public long touch(ReadView view, long[] hashes, int count) {
    return readPath.touch(view, hashes, count);
  }

  /// Whether a key has a value. As [#get(ReadView, Slice, long, ReadContext, Slice)], but a large value
  /// is not read for it.
  ///
  /// @param value pointed at the value if there is one; empty if that is large and so was not read
  public boolean contains(ReadView view, Slice key, long sequence, ReadContext reads, Slice value) {
    return readPath.contains(view, key, sequence, reads, value);
  }

  /// Whether a key may exist, from memtables and filters alone. False is certain.
  public boolean mayContain(
      ReadView view, Slice key, long sequence, ReadContext reads, Slice scratch) {
    return readPath.mayContain(view, key, sequence, reads, scratch);
  }

  /// Walks the keys that are visible at a sequence number. Needs the view while it is open.
  public KeyValueIterator iterator(ReadView view, long sequence, ReadContext reads) {
    return new VisibleIterator(
        new MergingIterator(readPath.iterators(view, sequence, reads)),
        sequence,
        reads.nowMillis(),
        readPath.largeValues(reads));
  }

  /// The durable value of a key as a fresh array, or null. For programs that embed the engine.
  public byte @Nullable [] find(Slice key) {
    ReadContext reads = new ReadContext();
    try (ReadView view = acquireView()) {
      Slice value = new Slice();
      Lookup found = get(view, key, durableSequence(), reads, value);
      return found == Lookup.FOUND ? value.toByteArray() : null;
    } finally {
      account(reads);
      reads.releasePins();
    }
  }

  /// Adds what a read has cost to the totals. Call once per read, before its context is reset.
  public void account(ReadContext reads) {
    readTotals.add(reads);
  }

  // --- Being told.

  /// Has a listener told of every advance of [#durableSequence()], on whatever thread learns of it, and
  /// of the failure that ends all advances: at once if it has happened.
  public void addDurabilityListener(DurabilityListener listener) {
    synchronized (tellLock) {
      durabilityListeners.add(listener);
      EngineException failed = poison;
      if (failed != null) {
        listener.failed(failed);
      }
    }
  }

  /// Has a task run whenever a backlog has gone: on a background thread, or on the writer's, inside a
  /// write. It must be quick.
  public void addRoomListener(Runnable listener) {
    roomListeners.add(listener);
  }

  /// Whether writers should wait: flushes or merges have fallen behind. A write in spite of it is
  /// taken, at the price of memory and of more runs. Nobody waits for a store that has failed.
  public boolean isBacklogged() {
    return backlogged && poison == null;
  }

  /// Why puts should be refused for want of room, in words for the client, or null. Deletes are
  /// welcome all the same; they and the merges behind them are what makes room.
  public @Nullable String findRoomShortage() {
    return maintenance.findRoomShortage();
  }

  /// The failure after which nothing can be written any more, or null.
  public @Nullable EngineException failure() {
    EngineException failed = poison;
    // The log knows of its own failure a moment before it tells.
    return failed != null ? failed : log.failure();
  }

  // --- Maintenance. Any thread; waits.

  /// Has merges leave out entries that the filter declares dead.
  public void setCompactionFilter(CompactionFilter filter) {
    maintenance.setFilter(filter);
  }

  /// Seals the active memtable, if it holds anything. The writer's thread.
  public void sealMemtable() {
    if (!active.isEmpty()) {
      seal();
    }
  }

  /// Waits until all memtables that are sealed by now are in tables.
  ///
  /// @throws StorageException if flushes fail; what they should write stays in the log
  public void awaitFlushed() {
    synchronized (viewLock) {
      SealedMemtable last = sealed.isEmpty() ? null : sealed.getLast();
      while (last != null && sealed.contains(last)) {
        if (maintenance.isFlushDelayed() || poison != null) {
          throw new StorageException(
              "flush", directory.toString(), "it fails for now; see the log");
        }
        waitOn(viewLock);
      }
    }
  }

  /// Drops all blocks and rows from memory: what is in tables is read from the disk next.
  public void forgetBlocks() {
    cache.clear();
    RowCache kept = rows;
    if (kept != null) {
      kept.clear();
    }
  }

  /// Waits until nothing is left to flush or to merge.
  public void awaitQuiet() {
    maintenance.work().awaitQuiet();
  }

  /// Merges everything that is in tables into the base. Waits.
  ///
  /// @throws EngineException if a merge failed; what was merged before stays so
  public void compactAll() {
    compactRange(null, null);
  }

  /// Merges what is in tables of a key range into the base, piece by piece, and waits: so that the space
  /// of what was deleted or overwritten there comes back. What needs space for a time is a few tables, and
  /// before that the young tiers.
  ///
  /// @param start least key, null for no bound
  /// @param end key behind the last one, null for no bound
  /// @throws EngineException if a merge failed; what was merged before stays so
  public void compactRange(@Nullable Slice start, @Nullable Slice end) {
    maintenance.work().compactRange(start, end);
  }

  /// Changes what shape merges keep the tree in; it takes effect with the next merge. Not kept on disk.
  public void setCompactionMode(CompactionMode mode) {
    maintenance.work().setMode(mode);
  }

  public CompactionMode compactionMode() {
    return maintenance.work().mode();
  }

  /// Holds merges back, or lets them go on: to watch what they are good for.
  public void pauseMerges() {
    maintenance.work().pauseMerges();
  }

  /// Ends what [#pauseMerges()] began.
  public void resumeMerges() {
    maintenance.work().resumeMerges();
  }

  /// Whether any table has range tombstones.
  boolean hasRangeTombstones() {
    Version version = versions.acquire();
    try {
      for (int age = 0; age < version.runCount(); age++) {
        if (version.run(age).rangeTombstoneCount() > 0) {
          return true;
        }
      }
      return false;
    } finally {
      version.release();
    }
  }

  /// Bounds what flushes and merges move, in bytes of keys and values per second; 0 is no bound. Merges
  /// wait for it, flushes only count: they go first. Too small a bound slows writers down.
  public void setBackgroundBytesPerSecond(long bytes) {
    maintenance.setBytesPerSecond(bytes);
  }

  /// The merges at work, a line each.
  public List<String> runningMerges() {
    return maintenance.runningMerges();
  }

  /// Makes a store of its own in another directory of the same file system: hard links to the tables
  /// and a copy of the log's tail. Needs no flush and does not hold up the writer.
  ///
  /// Holds whole batches only, and all that were durable when the call began. When it is opened, it
  /// goes on as a store on a timeline of its own.
  ///
  /// @param target must not exist, or be empty
  /// @return the last sequence number in it
  /// @throws StorageException if there is something, or the disk fails; what was made stays then, and
  ///     does not open as a store
  public long checkpoint(Path target) {
    beginImage();
    try (StoreImage image = image()) {
      Checkpoint.write(files, image, target);
      return image.sequence();
    } finally {
      endImage();
    }
  }

  /// Adds a backup of what is durable by now to a directory, which may be on another file system.
  /// Waits; writes go on meanwhile.
  ///
  /// @throws StorageException if the directory holds another store's backups, or a disk fails; earlier
  ///     backups are not touched
  public BackupManifest backup(BackupDirectory backups) {
    beginImage();
    try (StoreImage image = image()) {
      return backups.backup(image);
    } finally {
      endImage();
    }
  }

  /// Counted, so that the store stays open until the copy is made.
  private void beginImage() {
    synchronized (imageLock) {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      images++;
    }
  }

  private StoreImage image() {
    return StoreImage.ofOpen(files, versions, log, options.clock());
  }

  private void endImage() {
    synchronized (imageLock) {
      images--;
      imageLock.notifyAll();
    }
  }

  private void awaitImages() {
    synchronized (imageLock) {
      while (images > 0) {
        waitOn(imageLock);
      }
    }
  }

  /// Counters and shape of the store.
  public EngineStats stats() {
    try (ReadView view = acquireView()) {
      Version version = view.version();
      List<EngineStats.LevelStats> levels = new ArrayList<>();
      for (int level = 0; level < version.levelCount(); level++) {
        levels.add(levelStats(level, version.level(level)));
      }
      long sealedBytes = 0;
      for (SealedMemtable memtable : view.sealed()) {
        sealedBytes += memtable.memtable().memoryBytes();
      }
      return new EngineStats(
          lastSequence,
          bytesWritten,
          durableSequence(),
          view.active().memoryBytes(),
          view.active().entryCount(),
          view.sealed().size(),
          sealedBytes,
          levels,
          valueFileStats(version.valueFiles()),
          tables.openTables(),
          snapshots.count(),
          log.liveBytes(),
          backlogged,
          log.oldestUnsyncedNanos(),
          log.archiveBacklogBytes(),
          log.counters(),
          cache.stats(),
          rows == null ? new RowCacheStats(0, 0, 0, 0) : rows.stats(),
          readTotals,
          maintenance.counters(),
          maintenance.admission().stats());
    }
  }

  private static EngineStats.LevelStats levelStats(int level, List<Run> runs) {
    int tableCount = 0;
    long bytes = 0;
    long totalBytes = 0;
    long entries = 0;
    long tombstones = 0;
    long rangeTombstones = 0;
    for (Run run : runs) {
      tableCount += run.tableCount();
      bytes += run.bytes();
      totalBytes += run.totalBytes();
      entries += run.entryCount();
      tombstones += run.tombstoneCount();
      rangeTombstones += run.rangeTombstoneCount();
    }
    return new EngineStats.LevelStats(
        level,
        runs.size(),
        tableCount,
        bytes,
        entries,
        tombstones,
        rangeTombstones,
        totalBytes - bytes);
  }

  private static EngineStats.ValueFileStats valueFileStats(ValueFileUses uses) {
    return new EngineStats.ValueFileStats(
        uses.count(), uses.fileBytes(), uses.liveBytes(), uses.garbageBytes());
  }

  public Path directory() {
    return directory;
  }

  /// Which store this is, and which of its histories.
  public StoreIdentity identity() {
    StoreIdentity identity = StoreIdentity.find(versions.state().properties());
    if (identity == null) {
      throw new IllegalStateException("an open store has an identity");
    }
    return identity;
  }

  /// Makes everything durable, flushes the memtable so that the next open replays nothing, ends all
  /// threads and gives up the directory. Open views and iterators must be closed before.
  ///
  /// @throws EngineException if the log could not be closed as it should; everything else is closed and
  ///     the directory is free all the same
  @Override
  public void close() {
    if (closed) {
      return;
    }
    synchronized (imageLock) {
      closed = true;
    }
    awaitImages();
    try {
      if (poison == null) {
        commit();
        sealMemtable();
        awaitFlushed();
      }
    } catch (StorageException e) {
      LOG.warn("closing without a last flush, the log holds what is missing: {}", e.getMessage());
    } finally {
      closeParts();
    }
  }

  /// Closes all there is, whatever fails on the way: above all, the directory has to become free.
  private void closeParts() {
    List<AutoCloseable> parts =
        List.of(
            maintenance,
            log,
            spare,
            this::releaseMemtables,
            this::closeRows,
            versions,
            tables,
            values,
            cache,
            lock);
    @Nullable RuntimeException failure = null;
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = e instanceof RuntimeException known ? known : new IllegalStateException(e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void closeRows() {
    RowCache kept = rows;
    if (kept != null) {
      kept.close();
    }
  }

  private void releaseMemtables() {
    current.close();
    synchronized (viewLock) {
      active.release();
      sealed.forEach(memtable -> memtable.memtable().release());
      sealed.clear();
    }
  }

  // --- For the background jobs.

  /// The oldest sealed memtable, or null.
  @Nullable SealedMemtable oldestSealed() {
    synchronized (viewLock) {
      return sealed.isEmpty() ? null : sealed.getFirst();
    }
  }

  /// A flush has written its tables: what is kept of older ones is brought up to date before they are
  /// installed.
  void flushing(SealedMemtable memtable) {
    RowCache kept = rows;
    if (kept != null) {
      kept.beginEpoch(memtable.largestSequence());
      synchronized (viewLock) {
        publishView();
      }
      try (EntryIterator entries = memtable.iterator()) {
        kept.refresh(entries, memtable.rangeTombstones());
      }
    }
  }

  /// A flush is installed: the memtable goes, its log segments may go.
  void flushed(SealedMemtable memtable) {
    synchronized (viewLock) {
      if (!sealed.removeFirst().equals(memtable)) {
        throw new IllegalStateException("memtables must be flushed in the order of their sealing");
      }
      publishView();
      viewLock.notifyAll();
    }
    memtable.memtable().release();
    log.releaseUpTo(memtable.walSegmentAfter());
    updateBacklog();
  }

  /// The current version has changed.
  void versionInstalled() {
    synchronized (viewLock) {
      publishView();
    }
    updateBacklog();
  }

  SpareMemtable spareMemtable() {
    return spare;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  /// Something failed in a way that no retry mends. Only the first cause counts.
  void poison(EngineException cause) {
    synchronized (tellLock) {
      if (poison != null) {
        return;
      }
      poison = cause;
      for (DurabilityListener listener : durabilityListeners) {
        listener.failed(cause);
      }
    }
    wakeWaiters();
  }

  /// Those who wait for a flush or for the log are to look again.
  void wakeWaiters() {
    synchronized (viewLock) {
      viewLock.notifyAll();
    }
    synchronized (durableLock) {
      durableLock.notifyAll();
    }
  }

  private void updateBacklog() {
    boolean isGone;
    // Looking and saying are one step: else a late "behind" of the writer could stay for ever.
    synchronized (backlogLock) {
      boolean before = backlogged;
      try (ReadView view = acquireView()) {
        backlogged =
            view.sealed().size() >= options.sealedMemtablesMax()
                || maintenance.isBehind(view.version());
      }
      isGone = before && !backlogged;
    }
    if (isGone) {
      roomListeners.forEach(Runnable::run);
    }
  }

  @SuppressWarnings("WaitNotInLoop") // callers loop
  private static void waitOn(Object monitor) {
    try {
      monitor.wait(WAIT_MILLIS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the store", e);
    }
  }

  private void publishView() {
    assert Thread.holdsLock(viewLock);
    ReadView before = current;
    current = newView();
    before.close();
  }

  private ReadView newView() {
    Version version = versions.acquire();
    try {
      RowEpoch epoch = rows == null ? RowEpoch.first() : rows.epoch();
      return new ReadView(active, sealed.reversed(), version, epoch);
    } finally {
      version.release();
    }
  }

  /// Passes on what the log says.
  private final class LogListener implements DurabilityListener {

    @Override
    public void durable(long sequence) {
      tellDurable(sequence);
      if (durableWaiters > 0) {
        synchronized (durableLock) {
          durableLock.notifyAll();
        }
      }
    }

    /// Once anything has failed for good, nothing is acknowledged any more.
    private void tellDurable(long sequence) {
      synchronized (tellLock) {
        if (poison == null) {
          for (DurabilityListener listener : durabilityListeners) {
            listener.durable(sequence);
          }
        }
      }
    }

    @Override
    public void failed(EngineException cause) {
      poison(cause);
    }
  }
}
