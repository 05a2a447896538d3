package io.varve.server.keyspace;

import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.IncompatibleFormatException;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.Lookup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The keyspace of a server: logical databases, how many keys each has, who watches what, which
/// deadlines come next.
///
/// All that changes here is changed by the command loop. Other threads read the database map, the
/// cursors and, for INFO, the numbers. Work that needs the disk (settling blind writes, counting
/// anew, finding expired keys) runs on the reader pool and hands its results back to the loop.
public final class Keyspace implements AutoCloseable {

  private final Engine engine;
  private final KeyspaceOptions options;
  private static final KeyEventListener NOBODY =
      new KeyEventListener() {
        @Override
        public boolean wants(KeyEventClass eventClass) {
          return false;
        }

        @Override
        public void happened(int logical, KeyEventClass eventClass, String event, Slice key) {}
      };

  private static final long STREAM_TRIM_STEP_DEFAULT = 100;
  private static final long SPARSE_BYTES_MAX_DEFAULT = 3000;

  private final WatchRegistry watches = new WatchRegistry();
  private final List<KeyChangeListener> changeListeners = new CopyOnWriteArrayList<>();
  private final CursorTable cursors;
  private final List<LookupCounters> lookups = new CopyOnWriteArrayList<>();
  private final SubkeyHints subkeyHints = new SubkeyHints();
  private final ListLimits listLimits = new ListLimits();
  private final LiveDatabases live;
  private final CountKeeper counts;
  private final ExpiryCycle expiry;
  private final GrowableBuffer record = new GrowableBuffer(64);
  private final Slice recordSlice = new Slice();
  private volatile DatabaseMap map;
  private volatile KeyEventListener events = NOBODY;
  private volatile EncodingLimits encodingLimits = EncodingLimits.DEFAULTS;
  private volatile InnerExpiry innerExpiry = (_, _, _) -> 0;
  private volatile SortedSetLimits sortedSetLimits = SortedSetLimits.DEFAULTS;
  private volatile long sparseBytesMax = SPARSE_BYTES_MAX_DEFAULT;
  private volatile long streamTrimStep = STREAM_TRIM_STEP_DEFAULT;

  /// States of the live physical databases; replaced as a whole, so that any thread may look.
  private volatile DatabaseState[] states = new DatabaseState[0];

  private volatile boolean closed;
  private long expiredKeys;

  /// Reads the databases of a store, laying them out in a new one. Runs before the command loop
  /// starts, on the thread that may write.
  ///
  /// @throws IncompatibleFormatException if the records of the keyspace cannot be understood
  public Keyspace(Engine engine, KeyspaceOptions options) {
    this.engine = engine;
    this.options = options;
    this.cursors = new CursorTable(options.cursorsMax());
    this.map = load();
    this.live = new LiveDatabases(map, engine::durableSequence);
    this.counts = new CountKeeper(this, engine, options.unresolvedMax());
    this.expiry = new ExpiryCycle(this, engine, options.expiredPerRound());
    changeListeners.add(watches);
    engine.setCompactionFilter(live);
  }

  /// Gives the keyspace the threads it needs for work in the background, and starts what the last
  /// run left to be done.
  ///
  /// @param readers threads that may wait for the disk
  /// @param loop runs tasks on the command loop, in order; tasks may write to the engine, so the
  ///     loop ends the commit group behind them as it does behind commands
  public void start(Executor readers, Executor loop) {
    counts.start(readers, loop);
    expiry.start(readers, loop);
  }

  /// Has somebody told of the events of keys, in place of who was told before. Any thread.
  public void listenToEvents(KeyEventListener listener) {
    events = listener;
  }

  /// Has somebody told of changed keys, too. Before the command loop starts.
  public void addChangeListener(KeyChangeListener listener) {
    changeListeners.add(listener);
  }

  /// Says who removes parts of values whose time has passed. Before the command loop starts.
  public void innerExpiry(InnerExpiry remover) {
    innerExpiry = remover;
  }

  InnerExpiry innerExpiry() {
    return innerExpiry;
  }

  /// How large collections may become before they change their encoding. Any thread.
  public EncodingLimits encodingLimits() {
    return encodingLimits;
  }

  /// Sets the limits for what is written from now on; what lies there stays as it is. Any thread.
  public void encodingLimits(EncodingLimits limits) {
    encodingLimits = limits;
  }

  /// Up to what size lists count as small. Any thread.
  public ListLimits listLimits() {
    return listLimits;
  }

  /// When sorted sets are spread over elements. Any thread.
  public SortedSetLimits sortedSetLimits() {
    return sortedSetLimits;
  }

  /// Sets the limits for what is written from now on; what lies there stays as it is. Any thread.
  public void sortedSetLimits(SortedSetLimits limits) {
    sortedSetLimits = limits;
  }

  /// Bytes up to which a HyperLogLog is kept sparse. Any thread.
  public long sparseBytesMax() {
    return sparseBytesMax;
  }

  /// Sets the bytes up to which a HyperLogLog is kept sparse. Any thread.
  public void sparseBytesMax(long bytes) {
    sparseBytesMax = bytes;
  }

  /// Entries in a step of approximate trimming of streams. Any thread.
  public long streamTrimStep() {
    return streamTrimStep;
  }

  /// @param entries in a step of approximate trimming of streams, at least 1. Any thread.
  public void streamTrimStep(long entries) {
    streamTrimStep = entries;
  }

  /// Number of logical databases that can be selected.
  public int databaseCount() {
    return options.databases();
  }

  /// The command loop's access: the only kind that commits.
  public KeyspaceAccess newWriterAccess() {
    return newAccess(true);
  }

  /// An access for any other thread: for reads, and for rehearsing writes.
  public KeyspaceAccess newReaderAccess() {
    return newAccess(false);
  }

  private KeyspaceAccess newAccess(boolean writer) {
    LookupCounters counters = new LookupCounters();
    lookups.add(counters);
    return new KeyspaceAccess(this, engine, writer, counters);
  }

  /// Lookups for reading that found their key, since the start.
  public long hits() {
    return lookups.stream().mapToLong(LookupCounters::hits).sum();
  }

  /// Lookups for reading that did not find their key, since the start.
  public long misses() {
    return lookups.stream().mapToLong(LookupCounters::misses).sum();
  }

  /// Writes the count records that this commit group has made stale. The loop calls it before each
  /// `engine.commit()`.
  public void writeDirtyCounts() {
    counts.writeDirty();
  }

  /// Looks for keys whose time has passed and has them deleted, at most a few rounds' worth. The
  /// loop calls it on a timer, ten times a second.
  public void expireSome(long nowMillis) {
    counts.tick();
    expiry.tick(nowMillis);
  }

  /// Turns active expiry on or off, for tests of clients; lazy expiry goes on. Any thread.
  public void activeExpiry(boolean on) {
    expiry.enable(on);
  }

  /// Lets a watcher go of all its keys at once: for a connection that ends. Command loop only.
  public void unwatch(Watcher watcher) {
    watches.unwatch(watcher);
  }

  /// Whether a key that lived when the watcher began watching has expired since. Command loop only.
  public boolean hasWatchedExpired(Watcher watcher, long nowMillis) {
    return watches.hasExpired(watcher, nowMillis);
  }

  /// The key at which a SCAN cursor goes on, or null if the cursor is not known (any more). Any
  /// thread.
  public @Nullable Slice findCursor(long cursor) {
    return cursors.find(cursor);
  }

  /// Numbers of every logical database. Off the command loop they may lag.
  public List<DatabaseStatistics> statistics() {
    DatabaseMap now = map;
    List<DatabaseStatistics> all = new ArrayList<>();
    for (int logical = 0; logical < Math.min(now.size(), options.databases()); logical++) {
      DatabaseState state = findState(now.physicalId(logical));
      if (state != null) {
        all.add(
            new DatabaseStatistics(
                logical, state.keys, state.uncertain(), Math.max(0, state.deadlines)));
      }
    }
    return all;
  }

  /// Keys removed because their time had passed, since the start.
  public long expiredKeys() {
    return expiredKeys;
  }

  /// Blind writes whose effect on the number of keys is not known yet.
  public long unresolvedWrites() {
    return counts.unresolved();
  }

  /// Ends work in the background; what runs stops at its next step.
  @Override
  public void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  DatabaseMap map() {
    return map;
  }

  CursorTable cursors() {
    return cursors;
  }

  WatchRegistry watches() {
    return watches;
  }

  SubkeyHints subkeyHints() {
    return subkeyHints;
  }

  KeyEventListener events() {
    return events;
  }

  List<KeyChangeListener> changeListeners() {
    return changeListeners;
  }

  boolean isAnybodyListening() {
    for (int i = 0; i < changeListeners.size(); i++) {
      if (changeListeners.get(i).isListening()) {
        return true;
      }
    }
    return false;
  }

  boolean blindWritesHeld() {
    return counts.blindWritesHeld();
  }

  /// The state of a physical database, or null if it is not (or no longer) one.
  @Nullable DatabaseState findState(int physicalId) {
    for (DatabaseState state : states) {
      if (state.physicalId == physicalId) {
        return state;
      }
    }
    return null;
  }

  /// The state of a physical database; a dead one has a state of its own that nobody reads.
  DatabaseState state(int physicalId) {
    DatabaseState state = findState(physicalId);
    return state != null ? state : new DatabaseState(physicalId);
  }

  List<DatabaseState> states() {
    return List.of(states);
  }

  /// Takes over what a committed execution did to the numbers.
  ///
  /// @param view what the execution had read through
  /// @param sequence what the execution had read at, that is before its own writes
  void applied(ChangeJournal journal, ReadView view, long sequence) {
    for (int i = 0; i < journal.size(); i++) {
      DatabaseState state = findState(journal.physicalId(i));
      if (state == null) {
        continue;
      }
      state.addKeys(journal.keyDelta(i));
      state.deadlines += journal.deadlineDelta(i);
      state.nextDeadlineMillis = Math.min(state.nextDeadlineMillis, journal.earliestDeadline(i));
      counts.markDirty(state);
    }
    expiredKeys += journal.expired();
    if (!journal.blindWrites().isEmpty()) {
      counts.resolve(journal.blindWrites(), view, sequence);
    }
  }

  /// Makes a map that was written the one in force.
  void install(DatabaseMap written) {
    DatabaseMap before = map;
    DatabaseMap installed = written.installedAt(engine.lastSequence(), before);
    for (DatabaseState state : states) {
      if (installed.logicalOf(state.physicalId) < 0) {
        counts.forget(state);
      }
    }
    DatabaseState[] alive = new DatabaseState[installed.size()];
    for (int logical = 0; logical < alive.length; logical++) {
      alive[logical] = state(installed.physicalId(logical));
    }
    states = alive;
    live.install(installed);
    map = installed;
  }

  long size(int physicalId, KeyspaceAccess access) {
    return access.isWriter() ? counts.sizeOnLoop(physicalId) : counts.sizeAt(physicalId, access);
  }

  /// The code of each library of functions that the store keeps, by the library's name. For the start:
  /// it may wait for the disk.
  public List<byte[]> libraries() {
    List<byte[]> found = new ArrayList<>();
    ReadContext context = new ReadContext();
    Slice first = KeyspaceFormat.libraryKey(new byte[0]);
    try (ReadView view = engine.acquireView();
        KeyValueIterator all = engine.iterator(view, engine.lastSequence(), context)) {
      for (all.seek(first); all.isValid(); all.next()) {
        Slice key = all.key();
        if (KeyspaceFormat.physicalId(key) != KeyspaceFormat.META_DATABASE
            || KeyspaceFormat.tag(key) != KeyspaceFormat.TAG_LIBRARY) {
          break;
        }
        found.add(all.value().toByteArray());
      }
    } finally {
      context.releasePins();
    }
    return found;
  }

  private DatabaseMap load() {
    try (ReadView view = engine.acquireView()) {
      ReadContext context = new ReadContext();
      try {
        return load(view, context);
      } catch (ByteCursor.MalformedException | IllegalArgumentException malformed) {
        throw new IncompatibleFormatException("keyspace records", malformed.toString());
      } finally {
        context.releasePins();
      }
    }
  }

  private DatabaseMap load(ReadView view, ReadContext context) {
    Slice found = new Slice();
    long sequence = engine.lastSequence();
    Slice key = KeyspaceFormat.mapKey();
    boolean isNew = engine.get(view, key, sequence, context, found) != Lookup.FOUND;
    DatabaseMap stored =
        isNew ? DatabaseMap.initial(options.databases()) : DatabaseMap.decode(found);
    DatabaseMap loaded = stored.withAtLeast(options.databases());
    if (isNew || loaded != stored) {
      WriteBatch batch = new WriteBatch();
      loaded.encode(record);
      batch.put(key, record.slice(recordSlice));
      engine.write(batch);
      engine.commit();
    }
    DatabaseState[] alive = new DatabaseState[loaded.size()];
    for (int logical = 0; logical < alive.length; logical++) {
      DatabaseState state = new DatabaseState(loaded.physicalId(logical));
      if (engine.get(view, state.countKey, sequence, context, found) == Lookup.FOUND) {
        state.decode(found);
      }
      alive[logical] = state;
    }
    states = alive;
    return loaded;
  }
}
