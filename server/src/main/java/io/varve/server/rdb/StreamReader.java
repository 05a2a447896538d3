package io.varve.server.rdb;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.types.Stream;
import io.varve.server.types.StreamConsumer;
import io.varve.server.types.StreamGroup;
import io.varve.server.types.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads a stream with its groups, consumers and what is pending.
///
/// ```
/// stream   := nodes, { node }, entries, last id, [first id, greatest deleted id, entries ever added],
///             groups, { group }                                        [from STREAM_2 on]
/// node     := string of the master id (16, big-endian), string of a listpack
/// listpack := entries, deleted ones, fields, field ..., 0, { entry }
/// entry    := flags, millis - master's, number - master's,
///             { value } where its fields are the master's, else fields, { field, value },
///             words of all that
/// group    := name, last id, [entries read], pending, { id (16), delivered (8), deliveries },
///             consumers, { name, seen (8), [active (8)], pending, { id (16) } }
///                          [entries read: from STREAM_2, active: from STREAM_3 on]
/// ```
final class StreamReader {

  private static final int ID_BYTES = 16;

  /// Least bytes of what is pending: an id, a time, a count.
  private static final int PENDING_BYTES_MIN = ID_BYTES + 8 + 1;

  /// Words of an entry beside those of its fields: flags, and both parts of the id.
  private static final int ENTRY_WORDS = 3;

  /// When an entry was delivered, and how often.
  private record Delivery(long millis, long count) {}

  private final Database db;
  private final RdbReader in;
  private final int type;
  private long entries;

  StreamReader(Database db, RdbReader in, int type) {
    this.db = db;
    this.in = in;
    this.type = type;
  }

  void read(Slice key, long expiryMillis) {
    Stream stream = Stream.create(db, key, expiryMillis);
    for (long nodes = in.readCount(1 + ID_BYTES + 1); nodes > 0; nodes--) {
      Slice master = in.readString();
      if (master.length() != ID_BYTES) {
        throw new MalformedPayloadException("an id of " + master.length() + " bytes");
      }
      readNode(stream, id(master), new ListpackEntries(in.readString()));
    }
    if (in.readLength() != entries) {
      throw new MalformedPayloadException("a stream of another length");
    }
    StreamId last = readId();
    if (entries > 0 && last.compareTo(stream.lastId()) < 0) {
      throw new MalformedPayloadException("entries behind the last one");
    }
    stream.lastId(last);
    stream.entriesAdded(entries);
    if (type != RdbFormat.STREAM) {
      // The first id follows from the entries.
      readId();
      stream.maxDeletedId(readId());
      stream.entriesAdded(atLeast(entries, in.readLength()));
    }
    // Before the groups: what they have read is counted from the stream's own numbers.
    for (long groups = in.readCount(5); groups > 0; groups--) {
      readGroup(stream);
    }
    stream.save();
  }

  private void readNode(Stream stream, StreamId master, ListpackEntries node) {
    long present = atLeast(0, node.requireNumber());
    long deleted = atLeast(0, node.requireNumber());
    List<Slice> fields = readFields(node, node.requireNumber());
    if (node.requireNumber() != 0 || present + deleted <= 0) {
      throw new MalformedPayloadException("a node that begins otherwise");
    }
    StreamId before = null;
    for (long left = present + deleted; left > 0; left--) {
      long flags = node.requireNumber();
      long millis = node.requireNumber();
      StreamId id =
          new StreamId(master.millis() + millis, master.sequence() + node.requireNumber());
      boolean sameFields = (flags & RdbFormat.ENTRY_SAME_FIELDS) != 0;
      long count = sameFields ? fields.size() : atLeast(0, node.requireNumber());
      GrowableBuffer words = Stream.newEntry((int) Math.min(Integer.MAX_VALUE, 2 * count));
      for (int i = 0; i < count; i++) {
        words.putLengthPrefixed(sameFields ? fields.get(i) : node.require());
        words.putLengthPrefixed(node.require());
      }
      long wordCount = ENTRY_WORDS + (sameFields ? count : 1 + 2 * count);
      if (node.requireNumber() != wordCount) {
        throw new MalformedPayloadException("an entry of other words");
      }
      if ((before != null && id.compareTo(before) <= 0)
          || (entries > 0 && id.compareTo(stream.lastId()) <= 0)
          || id.isZero()) {
        throw new MalformedPayloadException("ids that do not ascend");
      }
      before = id;
      if ((flags & RdbFormat.ENTRY_DELETED) == 0) {
        stream.append(id, words);
        entries++;
        present--;
      }
    }
    if (present != 0 || node.next()) {
      throw new MalformedPayloadException("a node of another length");
    }
  }

  private static List<Slice> readFields(ListpackEntries node, long count) {
    List<Slice> fields = new ArrayList<>();
    for (long left = atLeast(0, count); left > 0; left--) {
      fields.add(node.require());
    }
    return fields;
  }

  private void readGroup(Stream stream) {
    Slice name = in.readString();
    if (stream.findGroup(name) != null) {
      throw new MalformedPayloadException("a group that is there twice");
    }
    StreamGroup group = stream.createGroup(name.copy());
    StreamId last = readId();
    group.position(
        last,
        type == RdbFormat.STREAM
            ? stream.countUpTo(last)
            : atLeast(StreamGroup.UNKNOWN, in.readLength()));
    Map<StreamId, Delivery> pending = readPending();
    for (long consumers = in.readCount(1 + 8 + 1); consumers > 0; consumers--) {
      readConsumer(group, pending);
    }
    if (!pending.isEmpty()) {
      throw new MalformedPayloadException("pending entries that no consumer has");
    }
    group.save();
  }

  private Map<StreamId, Delivery> readPending() {
    Map<StreamId, Delivery> pending = new HashMap<>();
    for (long left = in.readCount(PENDING_BYTES_MIN); left > 0; left--) {
      StreamId id = id(in.readBytes(ID_BYTES));
      Delivery delivery = new Delivery(in.readMillis(), in.readLength());
      if (pending.put(id, delivery) != null) {
        throw new MalformedPayloadException("an entry that is pending twice");
      }
    }
    return pending;
  }

  private void readConsumer(StreamGroup group, Map<StreamId, Delivery> pending) {
    Slice name = in.readString();
    if (group.findConsumer(name) != null) {
      throw new MalformedPayloadException("a consumer that is there twice");
    }
    long seen = in.readMillis();
    StreamConsumer consumer = group.createConsumer(name, seen);
    consumer.active(type == RdbFormat.STREAM_3 ? in.readMillis() : seen);
    for (long left = in.readCount(ID_BYTES); left > 0; left--) {
      StreamId id = id(in.readBytes(ID_BYTES));
      Delivery delivery = pending.remove(id);
      if (delivery == null) {
        throw new MalformedPayloadException("an entry that is not pending");
      }
      group.assign(id, null, consumer, delivery.millis, delivery.count);
    }
  }

  private StreamId readId() {
    long millis = in.readLength();
    return new StreamId(millis, in.readLength());
  }

  private static StreamId id(Slice bytes) {
    return new StreamId(
        bytes.segment().get(Layouts.LONG_BE, bytes.offset()),
        bytes.segment().get(Layouts.LONG_BE, bytes.offset() + Long.BYTES));
  }

  private static long atLeast(long least, long number) {
    if (number < least) {
      throw new MalformedPayloadException("the number " + number);
    }
    return number;
  }
}
