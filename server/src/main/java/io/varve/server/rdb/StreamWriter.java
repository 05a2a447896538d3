package io.varve.server.rdb;

import io.varve.engine.bytes.Slice;
import io.varve.server.types.PendingEntry;
import io.varve.server.types.PendingWalk;
import io.varve.server.types.Stream;
import io.varve.server.types.StreamConsumer;
import io.varve.server.types.StreamConsumerWalk;
import io.varve.server.types.StreamFields;
import io.varve.server.types.StreamGroup;
import io.varve.server.types.StreamGroupWalk;
import io.varve.server.types.StreamId;
import io.varve.server.types.StreamRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a stream in the form of [StreamReader], as `STREAM_2`: that is what Redis 7.0 reads. It has no
/// word of when consumers were active, so they will have been when they were last seen.
final class StreamWriter {

  // What Redis puts into a node by default.

  private static final int NODE_ENTRIES_MAX = 100;
  private static final int NODE_BYTES_MAX = 4096;

  private static final int ID_BYTES = 16;

  private final RdbWriter out;
  private final ListpackWriter head = new ListpackWriter();
  private final ListpackWriter body = new ListpackWriter();
  private final List<Slice> masterFields = new ArrayList<>();
  private StreamId master = StreamId.MIN;
  private int nodeEntries;
  private long nodes;

  StreamWriter(RdbWriter out) {
    this.out = out;
  }

  void write(Stream stream) {
    out.putByte(RdbFormat.STREAM_2);
    int nodesAt = out.reserveLength();
    try (StreamRange entries = stream.range(StreamId.MIN, StreamId.MAX, false)) {
      while (entries.next()) {
        if (nodeEntries == NODE_ENTRIES_MAX || body.byteSize() >= NODE_BYTES_MAX) {
          writeNode();
        }
        add(entries.id(), entries.fields());
      }
    }
    writeNode();
    out.setLength(nodesAt, nodes);
    out.putLength(stream.length());
    putId(stream.lastId());
    putId(stream.firstId());
    putId(stream.maxDeletedId());
    out.putLength(stream.entriesAdded());
    out.putLength(stream.groups());
    try (StreamGroupWalk groups = stream.walkGroups()) {
      while (groups.next()) {
        writeGroup(groups.group());
      }
    }
  }

  private void add(StreamId id, StreamFields fields) {
    List<Slice> words = new ArrayList<>(fields.words());
    for (int i = 0; i < fields.words(); i++) {
      words.add(fields.next(new Slice()));
    }
    if (nodeEntries == 0) {
      master = id;
      masterFields.clear();
      for (int i = 0; i < words.size(); i += 2) {
        masterFields.add(words.get(i).copy());
      }
    }
    boolean sameFields = hasMasterFields(words);
    body.add(sameFields ? RdbFormat.ENTRY_SAME_FIELDS : 0);
    body.add(id.millis() - master.millis());
    body.add(id.sequence() - master.sequence());
    int before = body.count() - 3;
    if (!sameFields) {
      body.add(words.size() / 2);
    }
    for (int i = 0; i < words.size(); i += 2) {
      if (!sameFields) {
        body.add(words.get(i));
      }
      body.add(words.get(i + 1));
    }
    body.add(body.count() - before);
    nodeEntries++;
  }

  private boolean hasMasterFields(List<Slice> words) {
    if (words.size() != 2 * masterFields.size()) {
      return false;
    }
    for (int i = 0; i < masterFields.size(); i++) {
      if (!words.get(2 * i).contentEquals(masterFields.get(i))) {
        return false;
      }
    }
    return true;
  }

  private void writeNode() {
    if (nodeEntries == 0) {
      return;
    }
    head.clear();
    head.add(nodeEntries);
    head.add(0);
    head.add(masterFields.size());
    for (Slice field : masterFields) {
      head.add(field);
    }
    head.add(0);
    head.addAll(body);
    out.putLength(ID_BYTES);
    putRawId(master);
    out.putString(head.finish());
    body.clear();
    nodeEntries = 0;
    nodes++;
  }

  private void writeGroup(StreamGroup group) {
    out.putString(group.name());
    putId(group.lastId());
    out.putLength(group.entriesRead());
    writePending(group, null);
    out.putLength(group.consumers());
    try (StreamConsumerWalk consumers = group.walkConsumers()) {
      while (consumers.next()) {
        StreamConsumer consumer = consumers.consumer();
        out.putString(consumer.name());
        out.putMillis(consumer.seenMillis());
        writePending(group, consumer);
      }
    }
  }

  /// @param consumer whose, or null for all, with when and how often they were delivered
  private void writePending(StreamGroup group, @Nullable StreamConsumer consumer) {
    int countAt = out.reserveLength();
    long count = 0;
    try (PendingWalk pending = group.walkPending(consumer, StreamId.MIN, StreamId.MAX)) {
      while (pending.next()) {
        putRawId(pending.id());
        if (consumer == null) {
          PendingEntry entry = pending.entry();
          out.putMillis(entry.deliveredMillis());
          out.putLength(entry.deliveries());
        }
        count++;
      }
    }
    out.setLength(countAt, count);
  }

  private void putId(StreamId id) {
    out.putLength(id.millis());
    out.putLength(id.sequence());
  }

  private void putRawId(StreamId id) {
    out.putLongBigEndian(id.millis());
    out.putLongBigEndian(id.sequence());
  }
}
