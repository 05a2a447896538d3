package io.varve.server.keyspace;

import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.Lookup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the number of keys of each database exact although SET does not look.
///
/// A blind write that memory cannot judge counts as "the key had been there" and is queued with a
/// view from before it. Readers look the keys up, in any order; the loop applies the answers in the
/// order of the writes, so that "all writes up to here are settled" is one number, the ticket, and
/// DBSIZE can wait for exactly those before it. When too many are open, or after a crash with some
/// open, the database is counted anew at a snapshot in the background.
///
/// Cost: nothing while existence can be told from memtable, filters and cached blocks; else one
/// background lookup per blind write. The alternative, to look before every SET, would make each cold
/// SET wait for a disk read.
///
/// Owned by the command loop, but for the lookups and [#sizeAt].
final class CountKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(CountKeeper.class);

  /// Lookups of one task of the reader pool, and answers of one task of the loop.
  private static final int LOOKUPS_PER_TASK = 64;

  /// Tasks that look up at the same time.
  private static final int TASKS_MAX = 4;

  /// Longest time that DBSIZE waits for writes before it to be settled.
  private static final long SETTLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(10);

  private static final long SETTLE_POLL_MILLIS = 1;

  private static final byte UNKNOWN = 0;
  private static final byte WAS_PRESENT = 1;
  private static final byte WAS_ABSENT = 2;
  private static final byte FAILED = 3;

  /// A view that several lookups share; the last one closes it.
  private static final class SharedView {
    private final ReadView view;
    private final AtomicInteger users;

    private SharedView(ReadView view, int users) {
      this.view = view;
      this.users = new AtomicInteger(users);
    }

    private void release() {
      if (users.decrementAndGet() == 0) {
        view.close();
      }
    }
  }

  private static final class OpenWrite {
    private final long ticket;
    private final DatabaseState state;
    private final byte[] key;
    private final long sequence;
    private final SharedView view;
    private volatile byte answer;

    /// What the overwritten header was spread over, published with the answer.
    private long objectId = KeyEntry.NO_OBJECT;

    private OpenWrite(
        long ticket, DatabaseState state, byte[] key, long sequence, SharedView view) {
      this.ticket = ticket;
      this.state = state;
      this.key = key;
      this.sequence = sequence;
      this.view = view;
    }
  }

  /// Somebody who waits for the number of keys as of a ticket.
  private static final class SizeRequest {
    private final DatabaseState state;
    private final long ticket;
    private final CompletableFuture<Long> answer;
    private long keys;

    private SizeRequest(
        DatabaseState state, long ticket, long keys, CompletableFuture<Long> answer) {
      this.state = state;
      this.ticket = ticket;
      this.keys = keys;
      this.answer = answer;
    }
  }

  private final Keyspace keyspace;
  private final Engine engine;
  private final int openMax;
  private final ArrayDeque<OpenWrite> open = new ArrayDeque<>();
  private final Queue<OpenWrite> toLookUp = new ConcurrentLinkedQueue<>();
  private final AtomicInteger tasks = new AtomicInteger();
  private final ArrayList<SizeRequest> sizeRequests = new ArrayList<>();
  private final ArrayList<DatabaseState> dirty = new ArrayList<>();
  private final WriteBatch batch = new WriteBatch();
  private final GrowableBuffer record = new GrowableBuffer(64);
  private final Slice recordSlice = new Slice();
  private @Nullable Executor readers;
  private @Nullable Executor loop;
  private long lastTicket;
  private int blindWritesHeldTicks;

  CountKeeper(Keyspace keyspace, Engine engine, int openMax) {
    this.keyspace = keyspace;
    this.engine = engine;
    this.openMax = openMax;
  }

  void start(Executor readerPool, Executor commandLoop) {
    readers = readerPool;
    loop = commandLoop;
    commandLoop.execute(this::startRecounts);
  }

  void tick() {
    if (blindWritesHeldTicks > 0) {
      blindWritesHeldTicks--;
    }
    startRecounts();
  }

  long unresolved() {
    return open.size();
  }

  void markDirty(DatabaseState state) {
    if (!state.dirty) {
      state.dirty = true;
      dirty.add(state);
    }
  }

  /// Writes the count records that are not true any more. A store that takes no writes keeps them
  /// for later: the uncertain records in front of the changes stay true.
  void writeDirty() {
    if (dirty.isEmpty()) {
      return;
    }
    for (int i = 0; i < dirty.size(); i++) {
      DatabaseState state = dirty.get(i);
      record.clear();
      state.encode(record, 0);
      batch.put(state.countKey, record.slice(recordSlice));
    }
    try {
      engine.write(batch);
    } catch (EngineException refused) {
      // Whoever wrote what made the counts stale was told; the loop has to go on reading.
      return;
    } finally {
      batch.clear();
    }
    for (int i = 0; i < dirty.size(); i++) {
      dirty.get(i).dirty = false;
      dirty.get(i).open = false;
    }
    dirty.clear();
  }

  /// Lets go of a database that was flushed.
  void forget(DatabaseState dead) {
    dirty.remove(dead);
    dead.dirty = false;
    dead.recountNeeded = false;
  }

  /// Queues blind writes that have just been applied.
  ///
  /// @param before a view from before them
  /// @param sequence the newest sequence number before them
  void resolve(List<ChangeJournal.BlindWrite> writes, ReadView before, long sequence) {
    boolean full = readers == null || open.size() + writes.size() > openMax;
    SharedView view = full ? null : new SharedView(before.retain(), writes.size());
    for (ChangeJournal.BlindWrite write : writes) {
      DatabaseState state = keyspace.state(write.physicalId());
      if (view == null) {
        state.recountNeeded = true;
      } else {
        OpenWrite entry = new OpenWrite(++lastTicket, state, write.key(), sequence, view);
        state.unresolved++;
        open.add(entry);
        toLookUp.add(entry);
      }
      markDirtyIfLive(state);
    }
    startLookups();
  }

  /// Whether SETs have to look, because DBSIZE in a transaction waits for there to be none open.
  boolean blindWritesHeld() {
    return blindWritesHeldTicks > 0;
  }

  long sizeOnLoop(int physicalId) {
    DatabaseState state = keyspace.findState(physicalId);
    if (state == null) {
      return 0;
    }
    if (state.unresolved > 0) {
      // The loop cannot wait. The rehearsal does, and until then SETs that would open another
      // question wait for the disk instead: so the second try finds none.
      blindWritesHeldTicks = 10;
      throw NotInMemoryException.INSTANCE;
    }
    blindWritesHeldTicks = 0;
    return state.keys;
  }

  /// The number of keys for a reader at a sequence number: from the count record there, or, where
  /// that is uncertain, as of now once all writes before now are settled.
  long sizeAt(int physicalId, KeyspaceAccess access) {
    Slice found = new Slice();
    Lookup lookup = access.lookup(KeyspaceFormat.countKey(physicalId), found);
    if (lookup != Lookup.FOUND) {
      return 0;
    }
    ByteCursor cursor = new ByteCursor(found);
    long keys = cursor.readLong();
    if (cursor.readLong() == 0) {
      return keys;
    }
    if (access.requireContext().memoryOnly()) {
      throw NotInMemoryException.INSTANCE;
    }
    return settledSize(physicalId, keys);
  }

  private long settledSize(int physicalId, long otherwise) {
    Executor commandLoop = loop;
    if (commandLoop == null) {
      return otherwise;
    }
    CompletableFuture<Long> answer = new CompletableFuture<>();
    commandLoop.execute(() -> requestSize(physicalId, answer));
    long start = System.nanoTime();
    while (System.nanoTime() - start < SETTLE_NANOS_MAX && !keyspace.isClosed()) {
      // The threads that could look up may all be waiting here: so whoever waits looks up as well.
      if (!answer.isDone() && lookUpSome()) {
        continue;
      }
      try {
        return answer.get(SETTLE_POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException _) {
        // Not yet: the loop above decides how long to go on.
      } catch (InterruptedException | ExecutionException ended) {
        return otherwise;
      }
    }
    return otherwise;
  }

  private void requestSize(int physicalId, CompletableFuture<Long> answer) {
    DatabaseState state = keyspace.findState(physicalId);
    if (state == null) {
      answer.complete(0L);
    } else if (state.unresolved == 0) {
      answer.complete(state.keys);
    } else {
      sizeRequests.add(new SizeRequest(state, lastTicket, state.keys, answer));
    }
  }

  private void startLookups() {
    Executor pool = readers;
    while (pool != null && !toLookUp.isEmpty()) {
      int running = tasks.get();
      if (running >= TASKS_MAX || running * LOOKUPS_PER_TASK >= open.size()) {
        return;
      }
      if (tasks.compareAndSet(running, running + 1)) {
        pool.execute(this::lookUpTask);
      }
    }
  }

  private void lookUpTask() {
    try {
      lookUpSome();
    } finally {
      tasks.decrementAndGet();
    }
    Executor commandLoop = loop;
    if (commandLoop != null && !toLookUp.isEmpty() && !keyspace.isClosed()) {
      commandLoop.execute(this::startLookups);
    }
  }

  /// Looks up a task's worth of keys. Returns false if there was nothing to do.
  private boolean lookUpSome() {
    ReadContext context = new ReadContext();
    Slice found = new Slice();
    int done = 0;
    OpenWrite entry;
    while (done < LOOKUPS_PER_TASK && !keyspace.isClosed() && (entry = toLookUp.poll()) != null) {
      entry.answer = lookUp(entry, context, found);
      context.releasePins();
      entry.view.release();
      done++;
    }
    Executor commandLoop = loop;
    if (done > 0 && commandLoop != null) {
      commandLoop.execute(this::applyAnswers);
    }
    return done > 0;
  }

  private byte lookUp(OpenWrite entry, ReadContext context, Slice found) {
    Slice key = KeyspaceFormat.headerKey(entry.state.physicalId, entry.key);
    try {
      if (!engine.contains(entry.view.view, key, entry.sequence, context, found)) {
        return WAS_ABSENT;
      }
      entry.objectId = KeyEntry.objectIdOf(found);
      return WAS_PRESENT;
    } catch (EngineException failed) {
      LOG.warn("Counting a key failed; its database will be counted anew.", failed);
      return FAILED;
    }
  }

  private void applyAnswers() {
    OpenWrite first;
    while ((first = open.peek()) != null && first.answer != UNKNOWN) {
      open.remove();
      apply(first);
    }
    long settled = first == null ? lastTicket : first.ticket - 1;
    Iterator<SizeRequest> requests = sizeRequests.iterator();
    while (requests.hasNext()) {
      SizeRequest request = requests.next();
      if (request.ticket <= settled) {
        requests.remove();
        request.answer.complete(request.keys);
      }
    }
  }

  private void apply(OpenWrite write) {
    DatabaseState state = write.state;
    if (write.objectId != KeyEntry.NO_OBJECT) {
      removeObject(state.physicalId, write.objectId);
    }
    if (write.ticket > state.recountTicket) {
      state.unresolved--;
      if (write.answer == WAS_ABSENT) {
        state.addKeys(1);
        for (SizeRequest request : sizeRequests) {
          if (request.state == state && write.ticket <= request.ticket) {
            request.keys++;
          }
        }
      } else if (write.answer == FAILED) {
        state.recountNeeded = true;
      }
    }
    markDirtyIfLive(state);
  }

  /// The elements of a value that was overwritten without a look at it. No other header names them.
  private void removeObject(int physicalId, long objectId) {
    batch.deleteRange(
        KeyspaceFormat.elementPrefix(physicalId, objectId),
        KeyspaceFormat.elementPrefix(physicalId, objectId + 1));
    try {
      engine.write(batch);
    } catch (EngineException refused) {
      LOG.warn("The elements of an overwritten key stay where they are.", refused);
    } finally {
      batch.clear();
    }
  }

  private void markDirtyIfLive(DatabaseState state) {
    if (keyspace.findState(state.physicalId) == state) {
      markDirty(state);
    }
  }

  private void startRecounts() {
    Executor pool = readers;
    Executor commandLoop = loop;
    if (pool == null || commandLoop == null) {
      return;
    }
    for (DatabaseState state : keyspace.states()) {
      if (state.recountNeeded && !state.recounting) {
        LOG.info("Counting the keys of physical database {} anew.", state.physicalId);
        state.recountNeeded = false;
        state.recounting = true;
        state.recountTicket = lastTicket;
        state.unresolved = 0;
        state.changeSinceRecount = 0;
        new Recount(
                keyspace, engine, state.physicalId, pool, commandLoop, count -> ended(state, count))
            .start();
      }
    }
  }

  /// @param counted keys at the recount's snapshot, or -1 if counting failed
  private void ended(DatabaseState state, long counted) {
    state.recounting = false;
    if (counted < 0) {
      state.recountNeeded = true;
    } else {
      state.keys = counted + state.changeSinceRecount;
    }
    markDirtyIfLive(state);
  }
}
