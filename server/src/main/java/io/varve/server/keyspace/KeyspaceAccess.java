package io.varve.server.keyspace;

import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.Lookup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thread's way to the keyspace: reads at a sequence number, and collects what an execution
/// writes until it is committed or thrown away.
///
/// Protocol: [#begin], any number of operations through [#select], then on the command loop either
/// `engine.write(batch())` if [#hasWrites()] and [#commit()], or [#abort()]; on other threads always
/// [#abort()]. Reads see what the execution itself has written. Nothing outside the access changes
/// before [#commit()], so an execution may be thrown away and repeated at any point.
///
/// Longer than other files: every operation shares the marks, the batch and the journal that a rollback
/// has to bring back together.
///
/// Made by [Keyspace#newWriterAccess()] for the command loop and by [Keyspace#newReaderAccess()] for
/// every other thread (readers, and rehearsals of writes). One thread at a time.
public final class KeyspaceAccess {

  /// Bytes of a scratch value that are kept from execution to execution.
  private static final int KEPT_VALUE_BYTES = 1 << 20;

  /// Room for marks that is kept from execution to execution.
  private static final int MARKS_KEPT_MAX = 1024;

  /// Bytes that the name of a library of functions may have.
  public static final int LIBRARY_NAME_BYTES_MAX = 1024;

  private static final Slice NOTHING = new Slice();

  /// Numbers that a mark remembers; see [#mark()].
  private static final int MARK_NUMBERS = 8;

  /// A wish to watch a key, or with `key` null to stop watching all.
  private record WatchRequest(
      Watcher watcher,
      int logical,
      @Nullable Slice key,
      boolean present,
      long expiryMillis,
      boolean expired) {}

  /// A key that has changed although its header has not.
  private record Touched(int logical, Slice key) {}

  /// Something that happened to a key, for those who listen.
  private record KeyEvent(int logical, KeyEventClass eventClass, String event, Slice key) {}

  private final Keyspace keyspace;
  private final Engine engine;
  private final boolean writer;
  private final Database[] databases;
  private final WriteBatch batch = new WriteBatch();
  private final ChangeJournal journal = new ChangeJournal();
  private final ArrayList<DatabaseMap> remaps = new ArrayList<>();
  private final ArrayList<WatchRequest> watchRequests = new ArrayList<>();
  private final ArrayList<Touched> touched = new ArrayList<>();
  private final ArrayList<KeyEvent> events = new ArrayList<>();
  private final GrowableBuffer value = new GrowableBuffer(256);
  private final Slice valueSlice = new Slice();
  private final Slice found = new Slice();
  private final Slice headerKey;
  private final Slice deadlineKey;
  private final Slice elementKey;
  private final LookupCounters lookups;
  private int[] marks = new int[4 * MARK_NUMBERS];
  private int markCount;
  private int[] marked = new int[4];
  private int markedCount;
  private long valueExpiryMillis;
  private long valueObjectId;
  private long valueInnerMillis;
  private long lastObjectId;

  private @Nullable ReadView view;
  private @Nullable ReadContext context;
  private DatabaseMap baseMap;
  private DatabaseMap map;
  private long sequence;
  private long nowMillis;
  private boolean writable;

  KeyspaceAccess(Keyspace keyspace, Engine engine, boolean writer, LookupCounters lookups) {
    this.lookups = lookups;
    this.keyspace = keyspace;
    this.engine = engine;
    this.writer = writer;
    this.baseMap = keyspace.map();
    this.map = baseMap;
    this.databases = new Database[keyspace.databaseCount()];
    for (int i = 0; i < databases.length; i++) {
      databases[i] = new Database(this, i);
    }
    MemorySegment scratch = Arena.ofAuto().allocate(3L * (64 << 10), 8);
    this.headerKey = new Slice(scratch.asSlice(0, 64 << 10), 0, 0);
    this.deadlineKey = new Slice(scratch.asSlice(64 << 10, 64 << 10), 0, 0);
    this.elementKey = new Slice(scratch.asSlice(2L * (64 << 10), 64 << 10), 0, 0);
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
    baseMap = keyspace.map().at(readSequence);
    map = baseMap;
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
      markCountsOpen();
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
    marks[at + 4] = remaps.size();
    marks[at + 5] = watchRequests.size();
    marks[at + 6] = touched.size();
    marks[at + 7] = events.size();
    return markCount++;
  }

  /// Forgets all that was done since a mark, and the marks made since.
  public void rollbackTo(int mark) {
    assert mark < markCount;
    int at = mark * MARK_NUMBERS;
    batch.rollback(marks[at]);
    journal.rollback(marks[at + 1], marks[at + 2], marks[at + 3]);
    truncate(remaps, marks[at + 4]);
    truncate(watchRequests, marks[at + 5]);
    truncate(touched, marks[at + 6]);
    truncate(events, marks[at + 7]);
    lastObjectId = KeyEntry.NO_OBJECT;
    markCount = mark;
    map = remaps.isEmpty() ? baseMap : remaps.getLast();
  }

  /// Makes the execution's effects outside the engine real: counts, database map, watched keys.
  /// Call after `engine.write(batch())`, or without it if there were no writes. Command loop only.
  public void commit() {
    assert writer : "only the command loop commits";
    if (!batch.isEmpty() || !touched.isEmpty()) {
      tellChanges();
    }
    if (!batch.isEmpty()) {
      keyspace.applied(journal, requireView(), sequence);
      for (int i = 0; i < markedCount; i++) {
        keyspace.state(marked[i]).open = true;
      }
      if (!remaps.isEmpty()) {
        keyspace.install(map);
      }
    }
    for (int i = 0; i < watchRequests.size(); i++) {
      apply(watchRequests.get(i));
    }
    for (int i = 0; i < events.size(); i++) {
      KeyEvent happened = events.get(i);
      keyspace
          .events()
          .happened(happened.logical, happened.eventClass, happened.event, happened.key);
    }
    end();
  }

  private void tellChanges() {
    List<KeyChangeListener> listeners = keyspace.changeListeners();
    for (int i = 0; i < listeners.size(); i++) {
      KeyChangeListener listener = listeners.get(i);
      if (listener.isListening()) {
        batch.visit(new ChangedKeys(listener));
        for (int j = 0; j < touched.size(); j++) {
          listener.changed(touched.get(j).logical, touched.get(j).key, false);
        }
      }
    }
  }

  /// Throws away all that the execution has collected and ends it.
  public void abort() {
    end();
  }

  /// Lets a watcher go of all its keys when the execution commits.
  public void unwatch(Watcher watcher) {
    watchRequests.add(new WatchRequest(watcher, 0, null, false, 0, false));
  }

  /// Empties all databases in constant time.
  public void flushAll() {
    requireWritable();
    for (int i = 0; i < map.size(); i++) {
      batch.delete(KeyspaceFormat.countKey(map.physicalId(i)));
    }
    remap(map.withAllFresh());
  }

  /// Lets two databases change places in constant time.
  public void swap(int one, int other) {
    requireWritable();
    if (one != other) {
      remap(map.withSwapped(one, other));
    }
  }

  void flush(int logical) {
    requireWritable();
    batch.delete(KeyspaceFormat.countKey(map.physicalId(logical)));
    remap(map.withFresh(logical));
  }

  // Operations of a database, on physical ids. See Database for what they mean.

  int physicalId(int logical) {
    return map.physicalId(logical);
  }

  boolean find(int physicalId, Slice key, KeyEntry into) {
    if (key.length() > KeyspaceFormat.USER_KEY_BYTES_MAX) {
      return false;
    }
    if (lookup(headerKey(physicalId, key), found) != Lookup.FOUND) {
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
    value.clear();
    value.putByte(type.code());
    value.putByte(encoding);
    valueExpiryMillis = expiryMillis;
    valueObjectId = objectId;
    valueInnerMillis = innerDeadlineMillis;
    int flags = expiryMillis == KeyEntry.NO_EXPIRY ? 0 : KeyspaceFormat.FLAG_EXPIRY;
    flags |= objectId == KeyEntry.NO_OBJECT ? 0 : KeyspaceFormat.FLAG_OBJECT;
    flags |= innerDeadlineMillis == KeyEntry.NO_EXPIRY ? 0 : KeyspaceFormat.FLAG_INNER_DEADLINE;
    value.putByte(flags);
    if (expiryMillis != KeyEntry.NO_EXPIRY) {
      value.putLong(expiryMillis);
    }
    if (objectId != KeyEntry.NO_OBJECT) {
      value.putLong(objectId);
    }
    if (innerDeadlineMillis != KeyEntry.NO_EXPIRY) {
      value.putLong(innerDeadlineMillis);
    }
    return value;
  }

  /// An id that no other object of the store has or had: the sequence number that the next operation
  /// will get, or the next after the last one, since every object comes with an operation at least.
  long newObjectId() {
    lastObjectId = Math.max(lastObjectId, sequence + batch.count()) + 1;
    return lastObjectId;
  }

  boolean findElement(int physicalId, long objectId, Slice subkey, Slice valueOut) {
    return subkey.length() <= KeyspaceFormat.SUBKEY_BYTES_MAX
        && lookup(elementKey(physicalId, objectId, subkey), valueOut) == Lookup.FOUND;
  }

  void putElement(int physicalId, long objectId, Slice subkey, Slice elementValue) {
    requireRoomForElement(subkey, elementValue.length());
    batch.put(elementKey(physicalId, objectId, subkey), elementValue);
  }

  void removeElement(int physicalId, long objectId, Slice subkey) {
    requireRoomForElement(subkey, 0);
    batch.delete(elementKey(physicalId, objectId, subkey));
  }

  void removeElements(int physicalId, long objectId, Slice from, Slice to) {
    requireRoomForElement(from, to.length());
    batch.deleteRange(
        elementKey(physicalId, objectId, from).copy(), elementKey(physicalId, objectId, to));
  }

  /// All elements of an object, in constant time.
  void removeObject(int physicalId, long objectId) {
    requireWritable();
    batch.deleteRange(
        KeyspaceFormat.elementPrefix(physicalId, objectId),
        KeyspaceFormat.elementPrefix(physicalId, objectId + 1));
  }

  ElementWalk walkElements(int physicalId, long objectId) {
    return new ElementWalk(iterator(), batch, physicalId, objectId);
  }

  void touch(int logical, Slice key) {
    requireWritable();
    if (keyspace.isAnybodyListening()) {
      touched.add(new Touched(logical, key.copy()));
    }
  }

  void event(int logical, KeyEventClass eventClass, String event, Slice key) {
    if (writer && keyspace.events().wants(eventClass)) {
      events.add(new KeyEvent(logical, eventClass, event, key.copy()));
    }
  }

  private void tellNew(int physicalId, Slice key) {
    if (writer && keyspace.events().wants(KeyEventClass.NEW)) {
      int logical = map.logicalOf(physicalId);
      if (logical >= 0) {
        event(logical, KeyEventClass.NEW, "new", key);
      }
    }
  }

  void overwrite(int physicalId, Slice key) {
    requireRoom(key);
    Slice header = headerKey(physicalId, key);
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
    putValue(physicalId, key, headerKey(physicalId, key));
  }

  void replace(int physicalId, Slice key, KeyEntry old) {
    requireRoom(key);
    replaceObject(physicalId, old.objectId());
    putValueReplacing(
        physicalId, key, headerKey(physicalId, key), old.expiryMillis(), old.innerDeadlineMillis());
  }

  private void replaceObject(int physicalId, long oldObjectId) {
    if (oldObjectId != KeyEntry.NO_OBJECT && oldObjectId != valueObjectId) {
      removeObject(physicalId, oldObjectId);
    }
  }

  void remove(int physicalId, Slice key, KeyEntry old) {
    if (old.isSpread()) {
      removeObject(physicalId, old.objectId());
    }
    release(physicalId, key, old);
  }

  /// Removes the header and leaves its elements, if it has any, to another.
  void release(int physicalId, Slice key, KeyEntry old) {
    requireRoom(key);
    if (old.expires()) {
      deleteDeadline(physicalId, key, old.expiryMillis());
    }
    long inner = old.innerDeadlineMillis();
    if (inner != KeyEntry.NO_EXPIRY && inner != old.expiryMillis()) {
      deleteDeadline(physicalId, key, inner);
    }
    journal.addKeys(physicalId, -1);
    batch.delete(headerKey(physicalId, key));
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
    int logical = map.logicalOf(physicalId);
    if (present && !expired && scratch.hasPassedPartsAt(nowMillis) && logical >= 0) {
      long inner = scratch.innerDeadlineMillis();
      removed = keyspace.innerExpiry().removePassed(databases[logical], key, scratch);
      if (find(physicalId, key, scratch) && scratch.innerDeadlineMillis() == inner) {
        // More parts have the same deadline than one call removes: the next round goes on.
        putDeadline(physicalId, key, nowMillis + 1);
      } else if (inner == deadlineMillis) {
        return removed;
      }
    }
    deleteDeadline(physicalId, key, deadlineMillis);
    return removed;
  }

  long size(int physicalId) {
    return keyspace.size(physicalId, this) + journal.keyDeltaOf(physicalId);
  }

  void watch(int logical, Slice key, Watcher watcher) {
    KeyEntry entry = new KeyEntry();
    boolean present = find(physicalId(logical), key, entry);
    watchRequests.add(
        new WatchRequest(
            watcher,
            logical,
            key.copy(),
            present,
            present ? entry.expiryMillis() : KeyEntry.NO_EXPIRY,
            present && entry.isExpiredAt(nowMillis)));
  }

  KeyWalk walk(int physicalId) {
    return new KeyWalk(iterator(), batch, physicalId);
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
    int logical = map.logicalOf(physicalId);
    if (logical >= 0) {
      event(logical, KeyEventClass.EXPIRED, "expired", key);
    }
  }

  private Slice elementKey(int physicalId, long objectId, Slice subkey) {
    MemorySegment segment = elementKey.segment();
    KeyspaceFormat.putElementPrefix(segment, physicalId, objectId);
    subkey.copyTo(segment, KeyspaceFormat.ELEMENT_PREFIX_BYTES);
    return elementKey.set(segment, 0, KeyspaceFormat.ELEMENT_PREFIX_BYTES + subkey.length());
  }

  private Slice headerKey(int physicalId, Slice key) {
    MemorySegment segment = headerKey.segment();
    KeyspaceFormat.putPrefix(segment, physicalId, KeyspaceFormat.TAG_HEADER);
    key.copyTo(segment, KeyspaceFormat.HEADER_PREFIX_BYTES);
    return headerKey.set(segment, 0, KeyspaceFormat.HEADER_PREFIX_BYTES + key.length());
  }

  private Slice deadlineKey(int physicalId, Slice key, long millis) {
    MemorySegment segment = deadlineKey.segment();
    KeyspaceFormat.putPrefix(segment, physicalId, KeyspaceFormat.TAG_DEADLINE);
    segment.set(Layouts.LONG_BE, KeyspaceFormat.HEADER_PREFIX_BYTES, millis);
    key.copyTo(segment, KeyspaceFormat.DEADLINE_PREFIX_BYTES);
    return deadlineKey.set(segment, 0, KeyspaceFormat.DEADLINE_PREFIX_BYTES + key.length());
  }

  private void putValue(int physicalId, Slice key, Slice header) {
    putValueReplacing(physicalId, key, header, KeyEntry.NO_EXPIRY, KeyEntry.NO_EXPIRY);
  }

  /// Writes the header, and brings the deadlines of the key from those of the old header to its own.
  private void putValueReplacing(
      int physicalId, Slice key, Slice header, long oldExpiry, long oldInner) {
    long expiry = valueExpiryMillis;
    long inner = valueInnerMillis;
    if (expiry != oldExpiry) {
      if (oldExpiry != KeyEntry.NO_EXPIRY && oldExpiry != inner) {
        deleteDeadline(physicalId, key, oldExpiry);
      }
      if (expiry != KeyEntry.NO_EXPIRY && expiry != oldInner) {
        putDeadline(physicalId, key, expiry);
      }
    }
    if (inner != oldInner) {
      if (oldInner != KeyEntry.NO_EXPIRY && oldInner != oldExpiry && oldInner != expiry) {
        deleteDeadline(physicalId, key, oldInner);
      }
      if (inner != KeyEntry.NO_EXPIRY && inner != oldExpiry && inner != expiry) {
        // Parts that have passed already, and go with the value to another key or are left for the
        // next round, are removed soon: no entry is ever written that is not in the future.
        putDeadline(physicalId, key, Math.max(inner, nowMillis + 1));
      }
    }
    batch.put(header, value.slice(valueSlice));
  }

  private void putDeadline(int physicalId, Slice key, long millis) {
    batch.put(deadlineKey(physicalId, key, millis), NOTHING);
    journal.addDeadline(physicalId, millis);
  }

  private void deleteDeadline(int physicalId, Slice key, long millis) {
    batch.delete(deadlineKey(physicalId, key, millis));
    journal.removeDeadline(physicalId);
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
    batch.put(
        KeyspaceFormat.libraryKey(name), new Slice(MemorySegment.ofArray(code), 0, code.length));
  }

  /// Keeps a library of functions no more.
  public void removeLibrary(byte[] name) {
    requireWritable();
    batch.delete(KeyspaceFormat.libraryKey(name));
  }

  private void remap(DatabaseMap to) {
    remaps.add(to);
    map = to;
    GrowableBuffer record = new GrowableBuffer(256);
    to.encode(record);
    batch.put(KeyspaceFormat.mapKey(), record.slice());
  }

  private void markCountsOpen() {
    for (int i = 0; i < journal.size(); i++) {
      int physicalId = journal.physicalId(i);
      DatabaseState state = keyspace.findState(physicalId);
      if ((state != null && state.open) || isMarked(physicalId)) {
        continue;
      }
      if (markedCount == marked.length) {
        marked = Arrays.copyOf(marked, markedCount * 2);
      }
      marked[markedCount++] = physicalId;
      DatabaseState shown = state != null ? state : new DatabaseState(physicalId);
      value.clear();
      shown.encode(value, 1);
      batch.put(shown.countKey, value.slice(valueSlice));
    }
  }

  private boolean isMarked(int physicalId) {
    for (int i = 0; i < markedCount; i++) {
      if (marked[i] == physicalId) {
        return true;
      }
    }
    return false;
  }

  private void requireWritable() {
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
    requireRoomInBatch(value.size() + 2L * key.length());
  }

  private void requireRoomForElement(Slice subkey, int valueBytes) {
    requireWritable();
    if (subkey.length() > KeyspaceFormat.SUBKEY_BYTES_MAX) {
      throw new RefusedException(
          "ERR element is longer than " + KeyspaceFormat.SUBKEY_BYTES_MAX + " bytes");
    }
    requireRoomInBatch((long) subkey.length() + valueBytes);
  }

  private void requireRoomInBatch(long bytes) {
    if (batch.byteSize() + bytes + 1024 >= WriteBatch.BYTES_LIMIT) {
      throw new RefusedException("ERR the command or transaction writes too much at once");
    }
  }

  private void apply(WatchRequest request) {
    Slice key = request.key;
    if (key == null) {
      keyspace.watches().unwatch(request.watcher);
    } else {
      keyspace
          .watches()
          .watch(
              request.logical,
              key,
              request.watcher,
              request.present,
              request.expiryMillis,
              request.expired);
    }
  }

  private void end() {
    batch.clear();
    journal.clear();
    if (value.size() > KEPT_VALUE_BYTES) {
      value.clearAndShrink(KEPT_VALUE_BYTES);
    }
    if (!remaps.isEmpty()) {
      remaps.clear();
    }
    if (!watchRequests.isEmpty()) {
      watchRequests.clear();
    }
    if (!touched.isEmpty()) {
      touched.clear();
    }
    if (!events.isEmpty()) {
      events.clear();
    }
    lastObjectId = KeyEntry.NO_OBJECT;
    if (marks.length > MARKS_KEPT_MAX * MARK_NUMBERS) {
      marks = new int[4 * MARK_NUMBERS];
    }
    markCount = 0;
    markedCount = 0;
    found.clear();
    view = null;
    context = null;
    writable = false;
  }

  private static void truncate(List<?> list, int size) {
    while (list.size() > size) {
      list.removeLast();
    }
  }

  /// Tells a listener of the keys that a batch changes; sees each operation in turn.
  private final class ChangedKeys implements BatchVisitor {
    private final KeyChangeListener listener;
    private final Slice key = new Slice();
    private DatabaseMap then = baseMap;
    private int remapsSeen;

    private ChangedKeys(KeyChangeListener listener) {
      this.listener = listener;
    }

    @Override
    public void put(Slice engineKey, Slice ignored) {
      if (KeyspaceFormat.physicalId(engineKey) == KeyspaceFormat.META_DATABASE
          && KeyspaceFormat.tag(engineKey) == KeyspaceFormat.TAG_DATABASE_MAP) {
        remapped();
      } else {
        changed(engineKey, false);
      }
    }

    @Override
    public void delete(Slice engineKey) {
      changed(engineKey, true);
    }

    @Override
    public void deleteRange(Slice start, Slice end) {
      // Elements: their header is written in the same batch, or touched.
    }

    private void changed(Slice engineKey, boolean deleted) {
      int logical = then.logicalOf(KeyspaceFormat.physicalId(engineKey));
      if (logical >= 0 && KeyspaceFormat.tag(engineKey) == KeyspaceFormat.TAG_HEADER) {
        key.set(
            engineKey.segment(),
            engineKey.offset() + KeyspaceFormat.HEADER_PREFIX_BYTES,
            engineKey.length() - KeyspaceFormat.HEADER_PREFIX_BYTES);
        listener.changed(logical, key, deleted);
      }
    }

    /// Physical ids that a database keeps or takes over from another were swapped, others flushed.
    private void remapped() {
      DatabaseMap to = remaps.get(remapsSeen++);
      for (int logical = 0; logical < to.size(); logical++) {
        int id = to.physicalId(logical);
        if (id != then.physicalId(logical)) {
          if (then.logicalOf(id) < 0) {
            listener.flushed(logical);
          } else {
            listener.swapped(logical);
          }
        }
      }
      then = to;
    }
  }
}
