package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.ElementWalk;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A consumer group of a stream as one command sees it.
///
/// Pending entries are written at once. The records of the group and of the consumers that were asked
/// for carry counts of them and are written by [#save()], once at the end of a command that changes
/// anything.
public final class StreamGroup {

  /// A number of entries that nobody knows.
  public static final long UNKNOWN = -1;

  /// [#lag()] where nobody knows.
  public static final long LAG_UNKNOWN = Long.MIN_VALUE;

  /// One acknowledged entry of so many has the first pending one looked for. Chosen by hash, as nothing
  /// keeps count.
  private static final int FIRST_MASK = 63;

  private static final Slice NOTHING = new Slice();

  private final Stream stream;
  private final Slice name;
  private final long number;
  private final Slice found = new Slice();

  /// The consumers that the command has asked for, by name.
  private final Map<Slice, StreamConsumer> inUse = new LinkedHashMap<>();

  private StreamId lastId = StreamId.MIN;
  private long entriesRead = UNKNOWN;
  private long consumers;
  private long pending;
  private long nextConsumer;

  /// No entry with a greater id was ever pending: those need no look.
  private StreamId maxPendingId = StreamId.MIN;

  /// No pending entry has a smaller id: what was acknowledged lies there as tombstones until a merge.
  private StreamId minPendingId = StreamId.MIN;

  private boolean firstIsDue;

  StreamGroup(Stream stream, Slice name, long number) {
    this.stream = stream;
    this.name = name;
    this.number = number;
  }

  static StreamGroup read(Stream stream, Slice name, Slice value) {
    return StreamFormat.decode(value, cursor -> read(stream, name, cursor));
  }

  private static StreamGroup read(Stream stream, Slice name, ByteCursor cursor) {
    StreamGroup group = new StreamGroup(stream, name.copy(), cursor.readVarint());
    group.lastId = StreamFormat.readId(cursor);
    group.entriesRead = cursor.readVarint() - 1;
    group.consumers = cursor.readVarint();
    group.pending = cursor.readVarint();
    group.nextConsumer = cursor.readVarint();
    group.maxPendingId = StreamFormat.readId(cursor);
    if (cursor.hasRemaining()) {
      group.minPendingId = StreamFormat.readId(cursor);
    }
    return group;
  }

  public Slice name() {
    return name;
  }

  /// The id that was delivered last.
  public StreamId lastId() {
    return lastId;
  }

  /// How many entries of the stream the group has read, or [#UNKNOWN].
  public long entriesRead() {
    return entriesRead;
  }

  /// Number of consumers.
  public long consumers() {
    return consumers;
  }

  /// Number of entries that were delivered and not acknowledged.
  public long pending() {
    return pending;
  }

  long number() {
    return number;
  }

  public Stream stream() {
    return stream;
  }

  /// How many entries of the stream were not yet delivered, or [#LAG_UNKNOWN]. Negative where a client has
  /// said that more were read than there are.
  public long lag() {
    if (stream.entriesAdded() == 0) {
      return 0;
    }
    long read =
        entriesRead != UNKNOWN && !stream.hasDeletedFrom(lastId)
            ? entriesRead
            : stream.countUpTo(lastId);
    return read == UNKNOWN ? LAG_UNKNOWN : stream.entriesAdded() - read;
  }

  /// Sets what counts as delivered.
  public void position(StreamId id, long entriesReadUpToIt) {
    lastId = id;
    entriesRead = entriesReadUpToIt;
  }

  /// Moves what counts as delivered to an entry that is being read, if it lies behind.
  public void advanceTo(StreamId id) {
    if (id.compareTo(lastId) <= 0) {
      return;
    }
    if (entriesRead != UNKNOWN && !stream.hasDeletedFrom(id)) {
      entriesRead++;
    } else if (stream.entriesAdded() > 0) {
      entriesRead = stream.countUpTo(id);
    }
    lastId = id;
  }

  /// A consumer, or null.
  public @Nullable StreamConsumer findConsumer(Slice consumerName) {
    StreamConsumer known = inUse.get(consumerName);
    if (known == null
        && stream.elements().find(StreamFormat.consumerKey(number, consumerName), found)) {
      known = StreamConsumer.read(consumerName.copy(), found);
      inUse.put(known.name(), known);
    }
    return known;
  }

  /// Adds a consumer that does not exist.
  public StreamConsumer createConsumer(Slice consumerName, long nowMillis) {
    StreamConsumer created = new StreamConsumer(consumerName.copy(), nextConsumer++, nowMillis);
    consumers++;
    inUse.put(created.name(), created);
    return created;
  }

  /// Removes a consumer with its pending entries.
  public void removeConsumer(StreamConsumer consumer) {
    try (PendingWalk walk = walkPending(consumer, StreamId.MIN, StreamId.MAX)) {
      while (walk.next()) {
        stream.elements().remove(StreamFormat.pendingKey(number, walk.id()));
      }
    }
    stream
        .elements()
        .removeRange(
            StreamFormat.ownedRange(number, consumer.number()),
            StreamFormat.ownedRange(number, consumer.number() + 1));
    stream.elements().remove(StreamFormat.consumerKey(number, consumer.name()));
    inUse.remove(consumer.name());
    pending -= consumer.pending();
    consumers--;
  }

  /// A pending entry, or null.
  public @Nullable PendingEntry findPending(StreamId id) {
    return pending > 0
            && id.compareTo(maxPendingId) <= 0
            && id.compareTo(minPendingId) >= 0
            && stream.elements().find(StreamFormat.pendingKey(number, id), found)
        ? PendingEntry.read(id, found)
        : null;
  }

  /// Lets an entry be pending with a consumer.
  ///
  /// @param old what [#findPending(StreamId)] says of it
  /// @param deliveredMillis when it was delivered, in milliseconds since the epoch
  /// @param deliveries how often
  public void assign(
      StreamId id,
      @Nullable PendingEntry old,
      StreamConsumer consumer,
      long deliveredMillis,
      long deliveries) {
    boolean changesHands = old == null || old.consumerNumber() != consumer.number();
    if (old != null && changesHands) {
      disown(old);
    }
    put(new PendingEntry(id, consumer.name(), consumer.number(), deliveredMillis, deliveries));
    if (changesHands) {
      stream.elements().put(StreamFormat.ownedKey(number, consumer.number(), id), NOTHING);
      consumer.addPending(1);
      pending++;
    }
    maxPendingId = maxPendingId.max(id);
    minPendingId = minPendingId.min(id);
  }

  /// Counts another delivery of an entry to the consumer that has it.
  public void redeliver(PendingEntry entry, long nowMillis) {
    put(
        new PendingEntry(
            entry.id(),
            entry.consumer(),
            entry.consumerNumber(),
            nowMillis,
            entry.deliveries() + 1));
  }

  /// Takes an entry off the pending ones.
  public void removePending(PendingEntry entry) {
    stream.elements().remove(StreamFormat.pendingKey(number, entry.id()));
    disown(entry);
    firstIsDue |= (entry.id().hashCode() & FIRST_MASK) == 0;
  }

  /// An id before which nothing is pending.
  StreamId minPendingId() {
    return minPendingId;
  }

  /// Id of the first pending entry; [StreamId#MIN] if there is none.
  public StreamId firstPendingId() {
    try (PendingWalk walk = walkPending(null, StreamId.MIN, StreamId.MAX)) {
      return walk.next() ? walk.id() : StreamId.MIN;
    }
  }

  /// Id of the last pending entry; [StreamId#MIN] if there is none.
  public StreamId lastPendingId() {
    try (ElementWalk walk = stream.walk()) {
      walk.seekForPrev(StreamFormat.pendingKey(number, maxPendingId));
      Slice prefix = StreamFormat.groupRange(StreamFormat.PENDING, number);
      return walk.isValid() && walk.key().startsWith(prefix)
          ? StreamId.atEndOf(walk.key())
          : StreamId.MIN;
    }
  }

  /// Walks pending entries between two ids, both included; the caller closes it.
  ///
  /// @param consumer whose, or null for all
  public PendingWalk walkPending(@Nullable StreamConsumer consumer, StreamId from, StreamId to) {
    return new PendingWalk(this, consumer, from, to);
  }

  /// Walks the consumers in the order of their names; the caller closes it.
  public StreamConsumerWalk walkConsumers() {
    return new StreamConsumerWalk(this);
  }

  /// Writes the records of the group and of the consumers that the command has asked for.
  public void save() {
    if (pending == 0) {
      minPendingId = StreamId.MAX;
    } else if (firstIsDue) {
      minPendingId = firstPendingId();
    }
    GrowableBuffer value = GrowableBuffer.onHeap(64);
    for (StreamConsumer consumer : inUse.values()) {
      value.clear();
      consumer.appendTo(value);
      stream.elements().put(StreamFormat.consumerKey(number, consumer.name()), value.slice());
    }
    value.clear();
    value.putVarint(number);
    StreamFormat.putId(value, lastId);
    value.putVarint(entriesRead + 1);
    value.putVarint(consumers);
    value.putVarint(pending);
    value.putVarint(nextConsumer);
    StreamFormat.putId(value, maxPendingId);
    StreamFormat.putId(value, minPendingId);
    stream.elements().put(StreamFormat.groupKey(name), value.slice());
  }

  private void put(PendingEntry entry) {
    GrowableBuffer value = GrowableBuffer.onHeap(32);
    entry.appendTo(value);
    stream.elements().put(StreamFormat.pendingKey(number, entry.id()), value.slice());
  }

  /// Takes an entry from the consumer that has it.
  private void disown(PendingEntry entry) {
    stream.elements().remove(StreamFormat.ownedKey(number, entry.consumerNumber(), entry.id()));
    StreamConsumer owner = findConsumer(entry.consumer());
    if (owner != null) {
      owner.addPending(-1);
    }
    pending--;
  }
}
