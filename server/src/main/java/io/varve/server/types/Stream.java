package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.ElementWalk;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// A stream as one command sees it: its header decoded, its entries and groups as elements.
///
/// Entries are written at once; the header, with the number of entries and the ids, by [#save()], once
/// at the end of a command. A stream may be empty. Belongs to the thread and the execution that looked
/// it up.
public final class Stream {

  private final Database db;
  private final Slice key;
  private final @Nullable KeyEntry entry;
  private final long expiryMillis;
  private final long objectId;
  private final Elements elements;
  private final Slice found = new Slice();

  private long length;
  private StreamId firstId = StreamId.MIN;
  private StreamId lastId = StreamId.MIN;
  private StreamId maxDeletedId = StreamId.MIN;
  private long entriesAdded;
  private long groups;
  private long nextGroup;

  private Stream(Database db, Slice key, @Nullable KeyEntry entry, long expiryMillis) {
    this.db = db;
    this.key = key;
    this.entry = entry;
    this.expiryMillis = expiryMillis;
    this.objectId = entry == null ? db.newObjectId() : entry.objectId();
    this.elements = db.elements(objectId);
    if (entry != null) {
      StreamFormat.decode(entry.payload(), this::readHeader);
    }
  }

  /// Looks a stream up for reading; null if there is none.
  ///
  /// @throws RefusedException if the key holds something else
  public static @Nullable Stream find(Database db, Slice key) {
    KeyEntry entry = new KeyEntry();
    return db.find(key, entry) ? of(db, key, entry) : null;
  }

  /// Looks a stream up before changing it; null if there is none.
  ///
  /// @throws RefusedException if the key holds something else
  public static @Nullable Stream findForWrite(Database db, Slice key) {
    KeyEntry entry = new KeyEntry();
    return db.findForWrite(key, entry) ? of(db, key, entry) : null;
  }

  /// An empty stream for a key of which a lookup has shown that it holds nothing. It is there once it
  /// is saved.
  public static Stream create(Database db, Slice key) {
    return create(db, key, KeyEntry.NO_EXPIRY);
  }

  /// As [#create(Database, Slice)], of a key that expires.
  ///
  /// @param expiryMillis milliseconds since the epoch, or [KeyEntry#NO_EXPIRY]
  public static Stream create(Database db, Slice key, long expiryMillis) {
    return new Stream(db, key, null, expiryMillis);
  }

  /// A buffer for the words of an entry, each to be appended with its length in front.
  ///
  /// @param words two per field
  public static GrowableBuffer newEntry(int words) {
    GrowableBuffer buffer = GrowableBuffer.onHeap(64);
    buffer.putVarint(words);
    return buffer;
  }

  /// Number of entries.
  public long length() {
    return length;
  }

  /// Id of the first entry; [StreamId#MIN] if there is none.
  public StreamId firstId() {
    return firstId;
  }

  /// The greatest id that was ever given to an entry, or set.
  public StreamId lastId() {
    return lastId;
  }

  /// The greatest id of an entry that was deleted alone.
  public StreamId maxDeletedId() {
    return maxDeletedId;
  }

  /// Number of entries that were ever added.
  public long entriesAdded() {
    return entriesAdded;
  }

  /// Number of consumer groups.
  public long groups() {
    return groups;
  }

  public void lastId(StreamId id) {
    lastId = id;
  }

  public void maxDeletedId(StreamId id) {
    maxDeletedId = id;
  }

  public void entriesAdded(long count) {
    entriesAdded = count;
  }

  /// Adds an entry behind all others.
  ///
  /// @param id greater than [#lastId()]
  /// @param words what [#newEntry(int)] gave, filled
  public void append(StreamId id, GrowableBuffer words) {
    assert id.compareTo(lastId) > 0;
    elements.put(StreamFormat.entryKey(id), words.slice());
    if (length == 0) {
      firstId = id;
    }
    lastId = id;
    length++;
    entriesAdded++;
  }

  /// Deletes an entry and says whether there was one. [#settleFirstId()] has to follow.
  public boolean delete(StreamId id) {
    if (!holds(id)) {
      return false;
    }
    elements.remove(StreamFormat.entryKey(id));
    maxDeletedId = maxDeletedId.max(id);
    length--;
    return true;
  }

  /// Finds out which entry is the first after some were deleted.
  public void settleFirstId() {
    StreamId first = length == 0 ? null : findFirst(firstId);
    firstId = first == null ? StreamId.MIN : first;
  }

  /// Whether there is an entry with this id.
  public boolean holds(StreamId id) {
    return length > 0
        && id.compareTo(firstId) >= 0
        && id.compareTo(lastId) <= 0
        && elements.find(StreamFormat.entryKey(id), found);
  }

  /// Opens the fields of an entry and says whether there is one.
  ///
  /// @param into valid until the command writes
  public boolean find(StreamId id, StreamFields into) {
    if (!holds(id)) {
      return false;
    }
    into.open(found);
    return true;
  }

  /// The first entry whose id is not less, or null.
  public @Nullable StreamId findFirst(StreamId from) {
    try (StreamRange range = range(from, StreamId.MAX, false)) {
      return range.next() ? range.id() : null;
    }
  }

  /// The last entry, or null.
  public @Nullable StreamId findLast() {
    try (StreamRange range = range(StreamId.MIN, StreamId.MAX, true)) {
      return range.next() ? range.id() : null;
    }
  }

  /// Whether there is an entry behind this id.
  public boolean hasEntryAfter(StreamId id) {
    StreamId next = id.next();
    return length > 0
        && next != null
        && next.compareTo(lastId) <= 0
        && (next.compareTo(firstId) <= 0 || findFirst(next) != null);
  }

  /// Walks entries; the caller closes it.
  ///
  /// @param from lowest id
  /// @param to highest id
  public StreamRange range(StreamId from, StreamId to, boolean downwards) {
    // What lies before the first and behind the last entry has been deleted: no need to step over
    // it.
    StreamId low = length == 0 ? StreamId.MAX : from.max(firstId);
    StreamId high = length == 0 ? StreamId.MIN : to.compareTo(lastId) < 0 ? to : lastId;
    return new StreamRange(elements, low, high, downwards);
  }

  /// Deletes entries from the front.
  ///
  /// @param count how many there are before `boundary`
  /// @param boundary the first entry that stays, or null if none does
  void removeFront(long count, @Nullable StreamId boundary) {
    Slice end =
        boundary == null
            ? StreamFormat.spaceStart(StreamFormat.ENTRY + 1)
            : StreamFormat.entryKey(boundary);
    elements.removeRange(StreamFormat.entryKey(firstId), end);
    removedFront(count, boundary);
  }

  /// As [#removeFront(long, StreamId)], one by one: a few single deletes burden readers less than a
  /// range.
  void removeFront(Iterable<StreamId> ids, long count, @Nullable StreamId boundary) {
    for (StreamId id : ids) {
      elements.remove(StreamFormat.entryKey(id));
    }
    removedFront(count, boundary);
  }

  private void removedFront(long count, @Nullable StreamId boundary) {
    length -= count;
    firstId = boundary == null ? StreamId.MIN : boundary;
  }

  /// Whether an entry from this id on was deleted alone while one before it stays: then entries cannot be
  /// counted by how many were added.
  public boolean hasDeletedFrom(StreamId id) {
    return length > 0
        && !maxDeletedId.isZero()
        && firstId.compareTo(maxDeletedId) <= 0
        && id.compareTo(maxDeletedId) <= 0;
  }

  /// How many entries were ever added up to this id, or [StreamGroup#UNKNOWN]: deleted entries leave no
  /// count behind, so it is known at both ends of the stream only.
  public long countUpTo(StreamId id) {
    int toLast = id.compareTo(lastId);
    if (entriesAdded == 0) {
      return 0;
    }
    if (toLast == 0 || (length == 0 && toLast < 0)) {
      return entriesAdded;
    }
    if (toLast > 0) {
      return StreamGroup.UNKNOWN;
    }
    if (maxDeletedId.isZero() || maxDeletedId.compareTo(firstId) < 0) {
      int toFirst = id.compareTo(firstId);
      if (toFirst < 0) {
        return entriesAdded - length;
      }
      if (toFirst == 0) {
        return entriesAdded - length + 1;
      }
    }
    return StreamGroup.UNKNOWN;
  }

  /// A consumer group, or null.
  public @Nullable StreamGroup findGroup(Slice name) {
    return elements.find(StreamFormat.groupKey(name), found)
        ? StreamGroup.read(this, name, found)
        : null;
  }

  /// Adds a group that does not exist; it still has to be saved, and the stream as well.
  public StreamGroup createGroup(Slice name) {
    groups++;
    return new StreamGroup(this, name, nextGroup++);
  }

  /// Removes a group with all that belongs to it, by a range each.
  public void removeGroup(StreamGroup group) {
    groups--;
    elements.remove(StreamFormat.groupKey(group.name()));
    removeGroupRange(StreamFormat.CONSUMER, group);
    removeGroupRange(StreamFormat.PENDING, group);
    removeGroupRange(StreamFormat.OWNED, group);
  }

  /// Walks the groups in the order of their names; the caller closes it.
  public StreamGroupWalk walkGroups() {
    return new StreamGroupWalk(this);
  }

  /// Writes the header: the stream is there if it was not.
  public void save() {
    GrowableBuffer header =
        db.beginValue(ValueType.STREAM, StreamFormat.ENCODING, expiryMillis, objectId);
    header.putVarint(length);
    StreamFormat.putId(header, firstId);
    StreamFormat.putId(header, lastId);
    StreamFormat.putId(header, maxDeletedId);
    header.putVarint(entriesAdded);
    header.putVarint(groups);
    header.putVarint(nextGroup);
    db.store(key, entry);
  }

  Elements elements() {
    return elements;
  }

  ElementWalk walk() {
    return elements.walk();
  }

  private void removeGroupRange(char space, StreamGroup group) {
    elements.removeRange(
        StreamFormat.groupRange(space, group.number()),
        StreamFormat.groupRange(space, group.number() + 1));
  }

  private Stream readHeader(ByteCursor header) {
    length = header.readVarint();
    firstId = StreamFormat.readId(header);
    lastId = StreamFormat.readId(header);
    maxDeletedId = StreamFormat.readId(header);
    entriesAdded = header.readVarint();
    groups = header.readVarint();
    nextGroup = header.readVarint();
    return this;
  }

  /// A stream that a lookup has found.
  ///
  /// @param entry used until the end
  /// @throws RefusedException if the entry is something else
  public static Stream of(Database db, Slice key, KeyEntry entry) {
    if (entry.type() != ValueType.STREAM) {
      throw RefusedException.wrongType();
    }
    return new Stream(db, key, entry, entry.expiryMillis());
  }
}
