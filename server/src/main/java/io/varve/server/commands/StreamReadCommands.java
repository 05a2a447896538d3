package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeyWait;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.PendingEntry;
import io.varve.server.types.PendingWalk;
import io.varve.server.types.Stream;
import io.varve.server.types.StreamConsumer;
import io.varve.server.types.StreamFields;
import io.varve.server.types.StreamGroup;
import io.varve.server.types.StreamId;
import io.varve.server.types.StreamRange;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// XREAD and XREADGROUP. Stateless.
final class StreamReadCommands {

  private StreamReadCommands() {}

  static void read(Invocation in) {
    StreamReadOptions options = StreamReadOptions.of(in, false);
    @Nullable Stream[] streams = new Stream[options.streams()];
    StreamId[] after = new StreamId[streams.length];
    for (int i = 0; i < streams.length; i++) {
      streams[i] = Stream.find(in.db(), in.args().get(options.keyArgument(i)));
      after[i] = startOf(in.args(), options.idArgument(i), streams[i]);
    }
    if (in.remembered() instanceof StreamId[] first) {
      // What was last when the wait began, where the client said `$`.
      after = first;
    }
    int served = 0;
    for (int i = 0; i < streams.length; i++) {
      served += isServed(streams[i], after[i]) ? 1 : 0;
    }
    if (served == 0) {
      KeyWait wait = options.findWait(in);
      nothing(in, wait == null ? null : wait.remembering(after));
      return;
    }
    beginStreams(in.reply(), served);
    for (int i = 0; i < streams.length; i++) {
      Stream stream = streams[i];
      StreamId next = after[i].next();
      if (stream != null && next != null && isServed(stream, after[i])) {
        beginStream(in, options.keyArgument(i));
        StreamReplies.entries(in.reply(), stream, next, StreamId.MAX, options.count(), false);
      }
    }
  }

  private static StreamId startOf(Arguments args, int index, @Nullable Stream stream) {
    if (args.is(index, "$")) {
      return stream == null ? StreamId.MIN : stream.lastId();
    }
    if (args.is(index, ">")) {
      throw new CommandException(
          "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group>"
              + " <consumer> option.");
    }
    return StreamIds.exact(args, index);
  }

  private static boolean isServed(@Nullable Stream stream, StreamId after) {
    return stream != null && stream.hasEntryAfter(after);
  }

  static void readGroup(Invocation in) {
    StreamReadOptions options = StreamReadOptions.of(in, true);
    Arguments args = in.args();
    Database db = in.db();
    Slice groupName = args.get(options.groupArgument());
    Slice consumerName = args.get(options.groupArgument() + 1);
    Map<Slice, StreamGroup> groups = new HashMap<>();
    StreamId[] after = new StreamId[options.streams()];
    for (int i = 0; i < after.length; i++) {
      Slice key = args.get(options.keyArgument(i));
      if (!groups.containsKey(key)) {
        groups.put(key, groupToRead(db, key, groupName));
      }
      after[i] = startInGroup(args, options.idArgument(i));
    }
    ReplyWriter reply = in.reply();
    int mark = reply.mark();
    int served = 0;
    for (int i = 0; i < after.length; i++) {
      Slice key = args.get(options.keyArgument(i));
      StreamGroup group = groups.get(key);
      if (group == null) {
        throw new IllegalStateException("a group that was looked up is gone");
      }
      StreamConsumer consumer = group.findConsumer(consumerName);
      if (consumer == null) {
        consumer = group.createConsumer(consumerName, in.nowMillis());
        db.event(KeyEventClass.STREAM, "xgroup-createconsumer", key);
      }
      consumer.seen(in.nowMillis());
      if (!after[i].equals(StreamId.MAX)) {
        beginStream(in, options.keyArgument(i));
        repeat(in, group, consumer, after[i], options.count());
        served++;
      } else if (group.stream().hasEntryAfter(group.lastId())) {
        beginStream(in, options.keyArgument(i));
        deliver(in, group, consumer, options);
        served++;
      }
      group.save();
    }
    if (served == 0) {
      KeyWait wait = options.findWait(in);
      nothing(in, wait == null ? null : wait.whateverComes(true));
    } else if (reply.version() == 2) {
      reply.arraySince(mark, served);
    } else {
      reply.mapSince(mark, served);
    }
  }

  private static StreamGroup groupToRead(Database db, Slice key, Slice name) {
    Stream stream = Stream.findForWrite(db, key);
    StreamGroup group = stream == null ? null : stream.findGroup(name);
    if (group == null) {
      throw new CommandException(
          StreamReplies.noGroup(key, name).reply() + " in XREADGROUP with GROUP option");
    }
    return group;
  }

  /// Behind which id to read what the consumer has; [StreamId#MAX] for what is new.
  private static StreamId startInGroup(Arguments args, int index) {
    if (args.is(index, ">")) {
      return StreamId.MAX;
    }
    if (args.is(index, "$")) {
      throw new CommandException(
          "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of"
              + " this consumer by specifying a proper ID, or use the > ID to get new messages. The"
              + " $ ID would just return an empty result set.");
    }
    return StreamIds.exact(args, index);
  }

  /// Gives the consumer what is new in the group.
  private static void deliver(
      Invocation in, StreamGroup group, StreamConsumer consumer, StreamReadOptions options) {
    ReplyWriter reply = in.reply();
    StreamId from = group.lastId().next();
    int mark = reply.mark();
    int size = 0;
    try (StreamRange range =
        group.stream().range(from == null ? StreamId.MAX : from, StreamId.MAX, false)) {
      while ((options.count() == 0 || size < options.count()) && range.next()) {
        StreamId id = range.id();
        group.advanceTo(id);
        StreamReplies.entry(reply, id, range.fields());
        if (!options.withoutPending()) {
          group.assign(id, group.findPending(id), consumer, in.nowMillis(), 1);
          consumer.active(in.nowMillis());
        }
        size++;
      }
    }
    reply.arraySince(mark, size);
  }

  /// Gives the consumer again what it has not acknowledged.
  private static void repeat(
      Invocation in, StreamGroup group, StreamConsumer consumer, StreamId after, long count) {
    ReplyWriter reply = in.reply();
    StreamId from = after.next();
    StreamFields fields = new StreamFields();
    int mark = reply.mark();
    int size = 0;
    try (PendingWalk walk =
        group.walkPending(consumer, from == null ? StreamId.MAX : from, StreamId.MAX)) {
      while ((count == 0 || size < count) && walk.next()) {
        if (group.stream().find(walk.id(), fields)) {
          StreamReplies.entry(reply, walk.id(), fields);
          PendingEntry entry = walk.entry();
          group.redeliver(entry, in.nowMillis());
        } else {
          reply.array(2);
          StreamReplies.id(reply, walk.id());
          reply.nullArray();
        }
        size++;
      }
    }
    reply.arraySince(mark, size);
  }

  /// There is nothing to read: waits, or answers so.
  private static void nothing(Invocation in, @Nullable KeyWait wait) {
    if (wait == null) {
      in.reply().nullArray();
    } else {
      in.waitFor(wait);
    }
  }

  private static void beginStreams(ReplyWriter reply, int served) {
    if (reply.version() == 2) {
      reply.array(served);
    } else {
      reply.map(served);
    }
  }

  private static void beginStream(Invocation in, int keyArgument) {
    if (in.reply().version() == 2) {
      in.reply().array(2);
    }
    StreamReplies.bulk(in.reply(), in.args().get(keyArgument));
  }
}
