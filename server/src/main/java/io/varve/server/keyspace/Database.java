package io.varve.server.keyspace;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import org.jspecify.annotations.Nullable;

/// A logical database as one execution sees it: keys to headers.
///
/// Writes come in two kinds. [#overwrite] is blind: whatever the key held is replaced, and only the
/// key count asks whether there was anything, from memory. The others follow a lookup of the same
/// execution: [#findForWrite], then [#create] if it found nothing, [#replace] or [#remove] if it did.
/// The new value is built between [#beginValue] and the write, straight into the buffer it is stored
/// from. Belongs to a [KeyspaceAccess] and its thread.
public final class Database {

  private final KeyspaceAccess access;
  private final int index;
  private final KeyEntry entry = new KeyEntry();

  Database(KeyspaceAccess access, int index) {
    this.access = access;
    this.index = index;
  }

  /// Number of this logical database.
  public int index() {
    return index;
  }

  public KeyspaceAccess access() {
    return access;
  }

  /// Milliseconds since the epoch by which expiry is judged.
  public long nowMillis() {
    return access.nowMillis();
  }

  /// Looks a key up for reading; null if it is missing or expired.
  ///
  /// @return an entry that is this database's own: the next lookup without an entry overwrites it
  public @Nullable KeyEntry find(Slice key) {
    return find(key, entry) ? entry : null;
  }

  /// The type of what a key holds, null if it is missing or expired. Not counted as a lookup.
  public @Nullable ValueType peekType(Slice key) {
    return access.find(id(), key, entry) && !entry.isExpiredAt(access.nowMillis())
        ? entry.type()
        : null;
  }

  /// Looks a key up as it lies there, also if its time has passed. Not counted as a lookup.
  ///
  /// @param into the entry; undefined if not found
  public boolean findEvenIfPassed(Slice key, KeyEntry into) {
    return access.find(id(), key, into);
  }

  /// Looks a key up before changing it; null if it is missing or has expired and so was removed.
  ///
  /// @return an entry that is this database's own: the next lookup without an entry overwrites it
  public @Nullable KeyEntry findForWrite(Slice key) {
    return findForWrite(key, entry) ? entry : null;
  }

  /// Looks a key up for reading. An expired key is not found and stays where it is.
  ///
  /// @param into the entry; undefined if not found
  public boolean find(Slice key, KeyEntry into) {
    boolean found = findQuietly(key, into);
    if (!found) {
      missed(key);
    }
    return found;
  }

  /// Looks a key up for reading by a command that tells nobody if it is missing.
  ///
  /// @return an entry that is this database's own: the next lookup without an entry overwrites it
  public @Nullable KeyEntry findQuietly(Slice key) {
    return findQuietly(key, entry) ? entry : null;
  }

  private boolean findQuietly(Slice key, KeyEntry into) {
    boolean found = access.find(id(), key, into) && !into.isExpiredAt(access.nowMillis());
    access.lookups().count(found);
    return found;
  }

  /// Says that somebody who wanted to read a key has not found it; [#find(Slice)] says so itself.
  public void missed(Slice key) {
    access.event(index, KeyEventClass.KEY_MISS, "keymiss", key);
  }

  /// Looks a key up before changing it. An expired key is removed and not found.
  ///
  /// @param into the entry; undefined if not found
  public boolean findForWrite(Slice key, KeyEntry into) {
    return access.findForWrite(id(), key, into);
  }

  /// Starts a new value; the payload is appended to the buffer that is returned.
  ///
  /// @param encoding a code of the type, such as [StringEncoding]
  /// @param expiryMillis milliseconds since the epoch, or [KeyEntry#NO_EXPIRY]
  public GrowableBuffer beginValue(ValueType type, int encoding, long expiryMillis) {
    return access.beginValue(type, encoding, expiryMillis, KeyEntry.NO_OBJECT, KeyEntry.NO_EXPIRY);
  }

  /// As [#beginValue(ValueType, int, long)], of a value that is spread over elements.
  ///
  /// @param objectId of the elements: [#newObjectId()] or the one that the entry had
  public GrowableBuffer beginValue(ValueType type, int encoding, long expiryMillis, long objectId) {
    return access.beginValue(type, encoding, expiryMillis, objectId, KeyEntry.NO_EXPIRY);
  }

  /// As [#beginValue(ValueType, int, long, long)], of a value of which parts expire.
  ///
  /// @param objectId of the elements, or [KeyEntry#NO_OBJECT]
  /// @param innerDeadlineMillis when the first part does, or [KeyEntry#NO_EXPIRY]
  public GrowableBuffer beginValue(
      ValueType type, int encoding, long expiryMillis, long objectId, long innerDeadlineMillis) {
    return access.beginValue(type, encoding, expiryMillis, objectId, innerDeadlineMillis);
  }

  /// Makes the value one like another, payload and all.
  ///
  /// @param source what a lookup has found
  /// @param objectId of the elements, which are like those of the other; or [KeyEntry#NO_OBJECT]
  public void beginCopy(KeyEntry source, long expiryMillis, long objectId) {
    beginValue(
            source.type(), source.encoding(), expiryMillis, objectId, source.innerDeadlineMillis())
        .putBytes(source.payload());
  }

  /// Names a new set of elements.
  public long newObjectId() {
    return access.newObjectId();
  }

  /// The elements of a value.
  ///
  /// @param objectId not [KeyEntry#NO_OBJECT]
  public Elements elements(long objectId) {
    return new Elements(access.elements(), id(), objectId);
  }

  /// Stores the value under a key, whatever the key held.
  public void overwrite(Slice key) {
    access.overwrite(id(), key);
  }

  /// Stores the value under a key of which a lookup has shown that it holds nothing.
  public void create(Slice key) {
    access.create(id(), key);
  }

  /// Stores the value in place of what a lookup has found.
  public void replace(Slice key, KeyEntry old) {
    access.replace(id(), key, old);
  }

  /// Stores the value under a key that was looked up by [#findForWrite]: [#create] or [#replace].
  ///
  /// @param old what was found, of any type; null if nothing was
  public void store(Slice key, @Nullable KeyEntry old) {
    if (old == null) {
      create(key);
    } else {
      replace(key, old);
    }
  }

  /// Removes what a lookup has found, but not its elements: they go with a header that has been
  /// written under another key of this database.
  public void release(Slice key, KeyEntry old) {
    access.release(id(), key, old);
  }

  /// Says that a key has changed although its header is as it was: its elements are others.
  public void touch(Slice key) {
    access.touch(index, key);
  }

  /// Says what has happened to a key, for those who listen, if the execution commits.
  ///
  /// @param event as in `lpush`
  public void event(KeyEventClass eventClass, String event, Slice key) {
    access.event(index, eventClass, event, key);
  }

  /// Removes what a lookup has found, with its elements, in constant time.
  public void remove(Slice key, KeyEntry old) {
    access.remove(id(), key, old);
  }

  /// Stores what a lookup has found again, with another expiry.
  ///
  /// @param expiryMillis milliseconds since the epoch, or [KeyEntry#NO_EXPIRY]
  public void setExpiry(Slice key, KeyEntry entry, long expiryMillis) {
    beginCopy(entry, expiryMillis, entry.objectId());
    replace(key, entry);
  }

  /// Number of keys, expired ones that still lie there included. Exact, but while a recount after a
  /// crash or an overload runs: [Keyspace#statistics()] says so.
  ///
  /// @throws io.varve.engine.error.NotInMemoryException if it takes a thread that may wait
  public long size() {
    return access.size(id());
  }

  /// Empties the database in constant time.
  public void flush() {
    access.flush(index);
  }

  /// Walks the keys in order; the caller closes it.
  public KeyWalk walk() {
    return access.walk(id());
  }

  /// Remembers a position of SCAN and returns its cursor, never 0.
  public long rememberCursor(Slice nextKey) {
    return access.keyspace().cursors().put(nextKey);
  }

  /// Lets a watcher know of the next change to a key, from this execution's commit on.
  public void watch(Slice key, Watcher watcher) {
    access.watch(index, key, watcher);
  }

  private int id() {
    return access.physicalId(index);
  }
}
