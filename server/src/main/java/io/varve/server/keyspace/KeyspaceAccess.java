package io.varve.server.keyspace;

import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.Lookup;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One thread's way to the keyspace: reads at a sequence number, and collects what an execution
/// writes until it is committed or thrown away.
///
/// Protocol: [#begin], any number of operations through [#select], then on the command loop either
/// `engine.write(batch())` if [#hasWrites()] and [#commit()], or [#abort()]; on other threads always
/// [#abort()]. Reads see what the execution itself has written. Nothing outside the access changes
/// before [#commit()], so an execution may be thrown away and repeated at any point.
///
/// Made by [Keyspace#newWriterAccess()] for the command loop and by [Keyspace#newReaderAccess()] for
/// every other thread (readers, and rehearsals of writes). One thread at a time.
public final class KeyspaceAccess {

  /// Room for marks that is kept from execution to execution.
  private static final int MARKS_KEPT_MAX = 1024;

  /// Bytes that the name of a library of functions may have.
  public static final int LIBRARY_NAME_BYTES_MAX = 1024;

  /// Keys that can be noted: more would push each other out of the processor's cache.
  public static final int EXPECTED_MAX = 64;

  /// Numbers that a mark remembers; see [#mark()].
  private static final int MARK_NUMBERS = 5 + CommitNotices.MARK_NUMBERS;

  private final Keyspace keyspace;
  private final Engine engine;
  private final boolean writer;
  private final Database[] databases;
  private final WriteBatch batch = new WriteBatch();
  private final ChangeJournal journal = new ChangeJournal();
  private final MapChanges maps;
  private final CommitNotices notices = new CommitNotices();
  private final OpenCounts openCounts = new OpenCounts();
  private final EngineKeys keys = new EngineKeys();
  private final HeaderValue value = new HeaderValue();
  private final Deadlines deadlines = new Deadlines(batch, journal, keys);
  private final OwnWrites own = new OwnWrites(batch);
  private final ElementAccess elements = new ElementAccess(this, batch, own, keys);
  private final Slice found = new Slice();
  private final LookupCounters lookups;

  /// Hashes of keys that will be looked up soon.
  private final long[] expected = new long[EXPECTED_MAX];

  private final Slice expectedKey = new Slice();
  private int expectedCount;

  /// Of no meaning; that it is kept keeps the reading from being optimised away.
  @SuppressWarnings("UnusedVariable")
  private long touched;

  private int[] marks = new int[4 * MARK_NUMBERS];
  private int markCount;
  private long lastObjectId;

  private @Nullable ReadView view;
  private @Nullable ReadContext context;
  private long sequence;
  private long nowMillis;
  private boolean writable;

  KeyspaceAccess(Keyspace keyspace, Engine engine, boolean writer, LookupCounters lookups) {
    this.lookups = lookups;
    this.keyspace = keyspace;
    this.engine = engine;
    this.writer = writer;
    this.maps = new MapChanges(keyspace.map());
    this.databases = new Database[keyspace.databaseCount()];
    for (int i = 0; i < databases.length; i++) {
      databases[i] = new Database(this, i);
    }
  }

  /// Starts an execution.
  ///
  /// @param readView kept open by the caller until the execution ends
  /// @param readSequence newest sequence number to see
  /// @param readContext whether the disk may be read, and what that costs
  /// @param mayWrite whether writes are collected; false makes them a fault of the caller
  /// @param now milliseconds since the epoch by which expiry is judged
  public void begin(
      ReadView readView, long readSequence, ReadContext readContext, boolean mayWrite, long now) {
    assert batch.isEmpty() && journal.size() == 0 : "the last execution was not ended";
    view = readView;
    sequence = readSequence;
    context = readContext;
    writable = mayWrite;
    nowMillis = now;
    maps.begin(keyspace.map().at(readSequence));
  }

  /// A logical database; the object is this access's own and reused.
  ///
  /// @param index 0 to [Keyspace#databaseCount()] - 1
  public Database select(int index) {
    return databases[index];
  }

  public long nowMillis() {
    return nowMillis;
  }

  /// The newest sequence number that the execution sees.
  public long sequence() {
    return sequence;
  }

  LookupCounters lookups() {
    return lookups;
  }

  /// Whether writes are collected.
  public boolean isWritable() {
    return writable;
  }

  public Keyspace keyspace() {
    return keyspace;
  }

  /// Whether there is anything to hand to the engine.
  public boolean hasWrites() {
    return !batch.isEmpty();
  }

  /// All that was written, ready for `engine.write`; ask when the execution is done. Of databases
  /// whose number of keys this batch is the first of its commit group to change, it adds the count
  /// record that calls the number uncertain: see [DatabaseState].
  public WriteBatch batch() {
    if (writer && journal.size() > 0) {
      openCounts.open(journal, keyspace, batch);
    }
    return batch;
  }

  /// A point that [#rollbackTo(int)] can go back to, within this execution.
  public int mark() {
    int at = markCount * MARK_NUMBERS;
    if (at == marks.length) {
      marks = Arrays.copyOf(marks, at * 2);
    }
    marks[at] = batch.mark();
    marks[at + 1] = journal.mark();
    marks[at + 2] = journal.blindWrites().size();
    marks[at + 3] = journal.expired();
    marks[at + 4] = maps.mark();
    notices.mark(marks, at + 5);
    return markCount++;
  }

  /// Forgets all that was done since a mark, and the marks made since.
  public void rollbackTo(int mark) {
    assert mark < markCount;
    int at = mark * MARK_NUMBERS;
    batch.rollback(marks[at]);
    own.rolledBack();
    journal.rollback(marks[at + 1], marks[at + 2], marks[at + 3]);
    maps.rollback(marks[at + 4]);
    notices.rollback(marks, at + 5);
    lastObjectId = KeyEntry.NO_OBJECT;
    markCount = mark;
  }

  /// Makes the execution's effects outside the engine real: counts, database map, watched keys.
  /// Call after `engine.write(batch())`, or without it if there were no writes. Command loop only.
  public void commit() {
    assert writer : "only the command loop commits";
    notices.tellChanges(keyspace.changeListeners(), batch, maps.before(), maps.changes());
    if (!batch.isEmpty()) {
      keyspace.applied(journal, requireView(), sequence);
      openCounts.written(keyspace);
      if (!maps.isEmpty()) {
        keyspace.install(maps.now());
      }
    }
    notices.applyWatches(keyspace.watches());
    notices.tellEvents(keyspace.events());
    end();
  }

  /// Throws away all that the execution has collected and ends it.
  public void abort() {
    end();
  }

  /// Lets a watcher go of all its keys when the execution commits.
  public void unwatch(Watcher watcher) {
    notices.unwatch(watcher);
  }

  /// Empties all databases in constant time.
  public void flushAll() {
    requireWritable();
    maps.flushAll(batch);
  }

  /// Lets two databases change places in constant time.
  public void swap(int one, int other) {
    requireWritable();
    maps.swap(one, other, batch);
  }

  void flush(int logical) {
    requireWritable();
    maps.flush(logical, batch);
  }

  // Operations of a database, on physical ids. See Database for what they mean.

  int physicalId(int logical) {
    return maps.now().physicalId(logical);
  }

  /// Notes that a key will be looked up soon, for [#touchExpected]. Not within an execution.
  public void expect(int logical, MemorySegment segment, long offset, int length) {
    if (length <= KeyspaceFormat.USER_KEY_BYTES_MAX && expectedCount < expected.length) {
      expectedKey.set(segment, offset, length);
      expected[expectedCount++] =
          keys.header(keyspace.map().physicalId(logical), expectedKey).hash();
    }
  }

  /// Has the reading of memory begun that lookups of the noted keys will need, of all at once.
  public void touchExpected(ReadView readView) {
    touched ^= engine.touch(readView, expected, expectedCount);
    expectedCount = 0;
  }

  boolean find(int physicalId, Slice key, KeyEntry into) {
    if (key.length() > KeyspaceFormat.USER_KEY_BYTES_MAX) {
      return false;
    }
    if (lookup(keys.header(physicalId, key), found) != Lookup.FOUND) {
      return false;
    }
    into.decode(found);
    return true;
  }

  boolean findForWrite(int physicalId, Slice key, KeyEntry into) {
    if (!find(physicalId, key, into)) {
      return false;
    }
    if (!into.isExpiredAt(nowMillis)) {
      return true;
    }
    if (writable) {
      remove(physicalId, key, into);
      addExpired(physicalId, key);
    }
    return false;
  }

  GrowableBuffer beginValue(
      ValueType type, int encoding, long expiryMillis, long objectId, long innerDeadlineMillis) {
    return value.begin(type, encoding, expiryMillis, objectId, innerDeadlineMillis);
  }

  ElementAccess elements() {
    return elements;
  }

  /// An id that no other object of the store has or had: the sequence number that the next operation
  /// will get, or the next after the last one, since every object comes with an operation at least.
  long newObjectId() {
    lastObjectId = Math.max(lastObjectId, sequence + batch.count()) + 1;
    return lastObjectId;
  }

  void touch(int logical, Slice key) {
    requireWritable();
    if (keyspace.isAnybodyListening()) {
      notices.touch(logical, key);
    }
  }

  void event(int logical, KeyEventClass eventClass, String event, Slice key) {
    if (writer && keyspace.events().wants(eventClass)) {
      notices.event(logical, eventClass, event, key);
    }
  }

  private void tellNew(int physicalId, Slice key) {
    if (writer && keyspace.events().wants(KeyEventClass.NEW)) {
      int logical = maps.now().logicalOf(physicalId);
      if (logical >= 0) {
        event(logical, KeyEventClass.NEW, "new", key);
      }
    }
  }

  void overwrite(int physicalId, Slice key) {
    requireRoom(key);
    Slice header = keys.header(physicalId, key);
    Lookup before;
    try {
      before = lookup(header, found);
    } catch (NotInMemoryException unknown) {
      if (!writer || keyspace.blindWritesHeld() || keyspace.events().wants(KeyEventClass.NEW)) {
        throw unknown;
      }
      journal.addBlindWrite(new ChangeJournal.BlindWrite(physicalId, key.toByteArray()));
      putValue(physicalId, key, header);
      return;
    }
    if (before == Lookup.FOUND) {
      long oldExpiry = KeyEntry.expiryMillisOf(found);
      long oldInner = KeyEntry.innerDeadlineMillisOf(found);
      if (oldExpiry != KeyEntry.NO_EXPIRY && oldExpiry <= nowMillis) {
        addExpired(physicalId, key);
        tellNew(physicalId, key);
      }
      replaceObject(physicalId, KeyEntry.objectIdOf(found));
      putValueReplacing(physicalId, key, header, oldExpiry, oldInner);
    } else {
      journal.addKeys(physicalId, 1);
      tellNew(physicalId, key);
      putValue(physicalId, key, header);
    }
  }

  void create(int physicalId, Slice key) {
    requireRoom(key);
    journal.addKeys(physicalId, 1);
    tellNew(physicalId, key);
    putValue(physicalId, key, keys.header(physicalId, key));
  }

  void replace(int physicalId, Slice key, KeyEntry old) {
    requireRoom(key);
    replaceObject(physicalId, old.objectId());
    putValueReplacing(
        physicalId,
        key,
        keys.header(physicalId, key),
        old.expiryMillis(),
        old.innerDeadlineMillis());
  }

  private void replaceObject(int physicalId, long oldObjectId) {
    if (oldObjectId != KeyEntry.NO_OBJECT && oldObjectId != value.objectId()) {
      elements.removeAll(physicalId, oldObjectId);
    }
  }

  void remove(int physicalId, Slice key, KeyEntry old) {
    if (old.isSpread()) {
      elements.removeAll(physicalId, old.objectId());
    }
    release(physicalId, key, old);
  }

  /// Removes the header and leaves its elements, if it has any, to another.
  void release(int physicalId, Slice key, KeyEntry old) {
    requireRoom(key);
    deadlines.remove(physicalId, key, old);
    journal.addKeys(physicalId, -1);
    batch.delete(keys.header(physicalId, key));
  }

  /// Removes a key whose deadline index entry says that its time has passed, or parts of it; or the
  /// entry alone if the key is no longer what the entry speaks of.
  ///
  /// @return parts of a value that have been removed
  int expire(int physicalId, Slice key, long deadlineMillis, KeyEntry scratch) {
    boolean present = find(physicalId, key, scratch);
    boolean expired = present && scratch.isExpiredAt(nowMillis);
    if (expired && scratch.expiryMillis() == deadlineMillis) {
      remove(physicalId, key, scratch);
      addExpired(physicalId, key);
      return 0;
    }
    int removed = 0;
    int logical = maps.now().logicalOf(physicalId);
    if (present && !expired && scratch.hasPassedPartsAt(nowMillis) && logical >= 0) {
      long inner = scratch.innerDeadlineMillis();
      removed = keyspace.innerExpiry().removePassed(databases[logical], key, scratch);
      if (find(physicalId, key, scratch) && scratch.innerDeadlineMillis() == inner) {
        // More parts have the same deadline than one call removes: the next round goes on.
        deadlines.put(physicalId, key, nowMillis + 1);
      } else if (inner == deadlineMillis) {
        return removed;
      }
    }
    deadlines.delete(physicalId, key, deadlineMillis);
    return removed;
  }

  long size(int physicalId) {
    return keyspace.size(physicalId, this) + journal.keyDeltaOf(physicalId);
  }

  void watch(int logical, Slice key, Watcher watcher) {
    KeyEntry entry = new KeyEntry();
    boolean present = find(physicalId(logical), key, entry);
    notices.watch(watcher, logical, key, present ? entry : null, nowMillis);
  }

  KeyWalk walk(int physicalId) {
    return new KeyWalk(iterator(), own.view(), physicalId);
  }

  KeyValueIterator iterator() {
    return engine.iterator(requireView(), sequence, requireContext());
  }

  /// Whether this is the command loop's.
  public boolean isWriter() {
    return writer;
  }

  ReadContext requireContext() {
    ReadContext now = context;
    if (now == null) {
      throw new IllegalStateException("outside begin and end");
    }
    return now;
  }

  /// Newest operation of this execution on an engine key, else what the engine knows.
  Lookup lookup(Slice engineKey, Slice valueOut) {
    if (!batch.isEmpty()) {
      Lookup own = batch.find(engineKey, valueOut);
      if (own != Lookup.ABSENT) {
        return own;
      }
    }
    return engine.get(requireView(), engineKey, sequence, requireContext(), valueOut);
  }

  private ReadView requireView() {
    ReadView now = view;
    if (now == null) {
      throw new IllegalStateException("outside begin and end");
    }
    return now;
  }

  private void addExpired(int physicalId, Slice key) {
    journal.addExpired();
    int logical = maps.now().logicalOf(physicalId);
    if (logical >= 0) {
      event(logical, KeyEventClass.EXPIRED, "expired", key);
    }
  }

  private void putValue(int physicalId, Slice key, Slice header) {
    putValueReplacing(physicalId, key, header, KeyEntry.NO_EXPIRY, KeyEntry.NO_EXPIRY);
  }

  /// Writes the header, and brings the deadlines of the key from those of the old header to its own.
  private void putValueReplacing(
      int physicalId, Slice key, Slice header, long oldExpiry, long oldInner) {
    deadlines.replace(physicalId, key, oldExpiry, oldInner, value, nowMillis);
    batch.put(header, value.slice());
  }

  /// Keeps a library of functions, in place of one with this name.
  ///
  /// @param name at most [#LIBRARY_NAME_BYTES_MAX]
  public void putLibrary(byte[] name, byte[] code) {
    requireWritable();
    if (name.length > LIBRARY_NAME_BYTES_MAX
        || (long) batch.byteSize() + code.length + 1024 >= WriteBatch.BYTES_LIMIT) {
      throw new RefusedException("ERR the library is too large");
    }
    batch.put(KeyspaceFormat.libraryKey(name), Slice.of(code));
  }

  /// Keeps a library of functions no more.
  public void removeLibrary(byte[] name) {
    requireWritable();
    batch.delete(KeyspaceFormat.libraryKey(name));
  }

  void requireWritable() {
    if (!writable) {
      throw new IllegalStateException("a read-only execution writes");
    }
  }

  private void requireRoom(Slice key) {
    requireWritable();
    if (key.length() > KeyspaceFormat.USER_KEY_BYTES_MAX) {
      throw new RefusedException(
          "ERR key is longer than " + KeyspaceFormat.USER_KEY_BYTES_MAX + " bytes");
    }
    requireRoomInBatch(value.byteSize() + 2L * key.length());
  }

  void requireRoomInBatch(long bytes) {
    if (batch.byteSize() + bytes + 1024 >= WriteBatch.BYTES_LIMIT) {
      throw new RefusedException("ERR the command or transaction writes too much at once");
    }
  }

  private void end() {
    batch.clear();
    own.clear();
    journal.clear();
    value.shrink();
    maps.clear();
    notices.clear();
    openCounts.clear();
    lastObjectId = KeyEntry.NO_OBJECT;
    if (marks.length > MARKS_KEPT_MAX * MARK_NUMBERS) {
      marks = new int[4 * MARK_NUMBERS];
    }
    markCount = 0;
    found.clear();
    view = null;
    context = null;
    writable = false;
  }
}
