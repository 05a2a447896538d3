package io.varve.engine.compaction;

import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.MergingIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.VisibleIterator;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Lookup;
import io.varve.engine.memtable.HashMemtable;
import io.varve.engine.range.RangeTombstones;
import io.varve.engine.sstable.CachePolicy;
import io.varve.engine.sstable.SstableOptions;
import io.varve.engine.sstable.SstableReader;
import io.varve.engine.sstable.TableCache;
import io.varve.engine.value.ValueFiles;
import io.varve.engine.version.Run;
import io.varve.engine.version.RunIterator;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionSet;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A tree without a log, to test what is below the roof: memtables, background work, versions, tables.
///
/// One thread writes and reads; flushes and merges run on their own.
final class TableTree implements BackgroundHost, AutoCloseable {

  static final Path DIRECTORY = Path.of("/store");

  /// Values that the filter does not want and that reads take for nothing.
  static final String DEAD_PREFIX = "dead";

  /// A memtable and what the flush wants to know.
  private static final class Layer implements FlushSource {
    private final HashMemtable memtable = new HashMemtable();
    private long lastSequence;

    @Override
    public EntryIterator iterator() {
      return memtable.iterator();
    }

    @Override
    public long entryCount() {
      return memtable.entryCount();
    }

    @Override
    public long rawBytes() {
      return memtable.payloadBytes();
    }

    @Override
    public RangeTombstones rangeTombstones() {
      return memtable.rangeTombstones();
    }

    @Override
    public long largestSequence() {
      return lastSequence;
    }

    @Override
    public long walSegmentAfter() {
      return lastSequence;
    }
  }

  /// A sequence number and a version, both held.
  record Snapshot(long sequence, List<HashMemtable> memtables, Version version) {}

  final VersionSet versions;
  final BackgroundWork work;
  final Pacer pacer = Pacer.unlimited();
  final List<BackgroundFault> faults = new CopyOnWriteArrayList<>();
  final List<Snapshot> snapshots = new ArrayList<>();
  private final TableCache tables;
  private final BlockCache blocks = new BlockCache(1 << 20);
  private final long memtableBytes;
  private final ReadContext context = new ReadContext();

  /// Under this.
  private final ArrayDeque<Layer> sealed = new ArrayDeque<>();

  private Layer active = new Layer();
  private @Nullable Version current;
  private volatile long published;
  private boolean filterOn = true;

  TableTree(FileSystem files, long memtableBytes, int fanOut) {
    this.memtableBytes = memtableBytes;
    this.tables = new TableCache(files, number -> FileNames.sstable(DIRECTORY, number), blocks, 50);
    files.createDirectories(DIRECTORY);
    VersionSet.Listener listener =
        new VersionSet.Listener() {
          @Override
          public void tableObsolete(long fileNumber) {
            tables.evict(fileNumber);
          }
        };
    this.versions =
        VersionSet.open(
            files, DIRECTORY, new VersionSet.Options(4096, Map.of("test", "yes")), listener);
    this.published = versions.lastSequence();
    this.current = versions.acquire();
    PlannerOptions options =
        new PlannerOptions(fanOut, 0.33, 4 * memtableBytes, memtableBytes, memtableBytes, 6);
    TableFormats formats =
        new TableFormats(
            SstableOptions.DEFAULT.withBlockBytes(512),
            6,
            io.varve.engine.block.Compression.LZ4,
            io.varve.engine.block.Compression.ZSTD,
            TableFormats.MEMTABLES_MIN * memtableBytes);
    this.work =
        new BackgroundWork(
            new JobResources(
                files,
                versions,
                tables,
                formats,
                new LargeValueStore(
                    new ValueFiles(files, number -> FileNames.value(DIRECTORY, number), blocks, 50),
                    0),
                java.time.InstantSource.system()),
            new CompactionPlanner(options),
            new BackgroundOptions(2, 1, 10, memtableBytes),
            pacer,
            this);
    work.start();
  }

  TableTree withoutFilter() {
    filterOn = false;
    return this;
  }

  long put(String key, String value) {
    return write(key, EntryKind.PUT, value);
  }

  long delete(String key) {
    return write(key, EntryKind.DELETE, "");
  }

  private long write(String key, EntryKind kind, String value) {
    long sequence = published + 1;
    active.memtable.put(Slice.of(key), sequence, kind, Slice.of(value));
    active.lastSequence = sequence;
    published = sequence;
    if (active.memtable.payloadBytes() >= memtableBytes) {
      seal();
    }
    return sequence;
  }

  void seal() {
    if (active.memtable.isEmpty()) {
      return;
    }
    synchronized (this) {
      sealed.addLast(active);
    }
    active = new Layer();
    work.flushWanted();
  }

  long sequence() {
    return published;
  }

  Snapshot snapshot() {
    synchronized (this) {
      List<HashMemtable> memtables = new ArrayList<>();
      retain(active.memtable, memtables);
      for (Layer layer : sealed.reversed()) {
        retain(layer.memtable, memtables);
      }
      Version version = current;
      if (version == null) {
        throw new IllegalStateException("closed");
      }
      Snapshot snapshot = new Snapshot(published, memtables, version.retain());
      snapshots.add(snapshot);
      return snapshot;
    }
  }

  private static void retain(HashMemtable memtable, List<HashMemtable> into) {
    if (!memtable.tryRetain()) {
      throw new IllegalStateException("a memtable in use is freed");
    }
    into.add(memtable);
  }

  void release(Snapshot snapshot) {
    synchronized (this) {
      snapshots.remove(snapshot);
    }
    snapshot.memtables().forEach(HashMemtable::release);
    snapshot.version().release();
  }

  @Nullable String get(String key, Snapshot at) {
    Slice userKey = Slice.of(key);
    Slice value = new Slice();
    for (HashMemtable memtable : at.memtables()) {
      Lookup lookup = memtable.get(userKey, at.sequence(), value);
      if (lookup != Lookup.ABSENT) {
        return lookup == Lookup.FOUND ? visible(value) : null;
      }
    }
    try {
      Version version = at.version();
      for (int age = 0; age < version.runCount(); age++) {
        TableMetadata table = version.run(age).find(userKey);
        if (table == null) {
          continue;
        }
        int level = version.levelOf(age);
        SstableReader reader = tables.acquire(table.fileNumber(), context, level);
        Lookup lookup = reader.get(userKey, at.sequence(), context, level, value);
        String found = lookup == Lookup.FOUND ? visible(value) : null;
        reader.release();
        if (lookup != Lookup.ABSENT) {
          return found;
        }
      }
      return null;
    } finally {
      context.reset();
    }
  }

  private @Nullable String visible(Slice value) {
    String text = value.toUtf8();
    return filterOn && text.startsWith(DEAD_PREFIX) ? null : text;
  }

  Map<String, String> scan(Snapshot at) {
    List<EntryIterator> sources = new ArrayList<>();
    for (HashMemtable memtable : at.memtables()) {
      sources.add(memtable.iterator());
    }
    Version version = at.version();
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      sources.add(
          new RunIterator(run.tables(), tables, context, version.levelOf(age), CachePolicy.FILL));
    }
    Map<String, String> result = new TreeMap<>();
    try (VisibleIterator entries =
        new VisibleIterator(new MergingIterator(sources), at.sequence(), 0)) {
      for (entries.seekToFirst(); entries.isValid(); entries.next()) {
        String value = visible(entries.value());
        if (value != null) {
          result.put(entries.key().toUtf8(), value);
        }
      }
    }
    context.reset();
    return result;
  }

  @Override
  public synchronized @Nullable FlushSource nextFlush() {
    return sealed.peekFirst();
  }

  @Override
  public synchronized SnapshotBounds snapshots() {
    return new SnapshotBounds(
        snapshots.stream().mapToLong(Snapshot::sequence).toArray(), published);
  }

  @Override
  public CompactionFilter filter() {
    return new CompactionFilter() {
      @Override
      public boolean drop(Slice userKey, Slice value) {
        return filterOn && value.startsWith(Slice.of(DEAD_PREFIX));
      }

      @Override
      public boolean dropsRange(Slice smallest, Slice largest) {
        return false;
      }
    };
  }

  @Override
  public void flushed(FlushSource source, Version version) {
    Layer layer;
    synchronized (this) {
      layer = sealed.removeFirst();
      install(version);
    }
    if (layer != source) {
      throw new IllegalStateException("flushes came out of order");
    }
    layer.memtable.release();
  }

  @Override
  public void flushing(FlushSource source) {}

  @Override
  public synchronized void versionChanged(Version version) {
    install(version);
  }

  /// Two jobs may report in another order than their edits were applied in.
  private void install(Version version) {
    Version old = current;
    if (old != null && version.number() > old.number()) {
      current = version.retain();
      old.release();
    }
  }

  @Override
  public void faulted(BackgroundFault fault) {
    faults.add(fault);
  }

  /// Flushes what is there and waits until nothing is left to do.
  void settle() {
    seal();
    work.awaitQuiet();
  }

  @Override
  public void close() {
    work.close();
    for (Snapshot snapshot : List.copyOf(snapshots)) {
      release(snapshot);
    }
    synchronized (this) {
      Version version = current;
      current = null;
      if (version != null) {
        version.release();
      }
      sealed.forEach(layer -> layer.memtable.release());
      sealed.clear();
    }
    active.memtable.release();
    versions.close();
    tables.close();
    blocks.close();
  }
}
