package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.PendingEntry;
import io.varve.server.types.PendingWalk;
import io.varve.server.types.Stream;
import io.varve.server.types.StreamConsumer;
import io.varve.server.types.StreamConsumerWalk;
import io.varve.server.types.StreamFields;
import io.varve.server.types.StreamGroup;
import io.varve.server.types.StreamId;
import java.util.ArrayList;
import java.util.List;

/// XACK, XPENDING, XCLAIM and XAUTOCLAIM: what was delivered and not acknowledged. Stateless.
final class StreamPendingCommands {

  /// XAUTOCLAIM looks at so many pending entries for each that it may claim.
  private static final int LOOKS_PER_CLAIM = 10;

  private static final long CLAIMS_DEFAULT = 100;

  /// Most entries of an XAUTOCLAIM, as in Redis.
  private static final long CLAIMS_MAX = Long.MAX_VALUE / 16;

  private StreamPendingCommands() {}

  static void acknowledge(Invocation in) {
    Arguments args = in.args();
    Stream stream = Stream.findForWrite(in.db(), args.get(1));
    StreamGroup group = stream == null ? null : stream.findGroup(args.get(2));
    if (group == null) {
      in.reply().integer(0);
      return;
    }
    for (int i = 3; i < args.count(); i++) {
      StreamIds.exact(args, i);
    }
    int acknowledged = 0;
    for (int i = 3; i < args.count(); i++) {
      PendingEntry entry = group.findPending(StreamIds.exact(args, i));
      if (entry != null) {
        group.removePending(entry);
        acknowledged++;
      }
    }
    if (acknowledged > 0) {
      group.save();
    }
    in.reply().integer(acknowledged);
  }

  static void pending(Invocation in) {
    Arguments args = in.args();
    int count = args.count();
    if (count != 3 && (count < 6 || count > 9)) {
      throw Errors.syntax();
    }
    PendingQuery query = count == 3 ? null : PendingQuery.of(args);
    Stream stream = Stream.find(in.db(), args.get(1));
    StreamGroup group = stream == null ? null : stream.findGroup(args.get(2));
    if (group == null) {
      throw StreamReplies.noGroup(args.get(1), args.get(2));
    }
    if (query == null) {
      summary(in.reply(), group);
    } else {
      list(in, group, query);
    }
  }

  private static void summary(ReplyWriter reply, StreamGroup group) {
    reply.array(4);
    reply.integer(group.pending());
    if (group.pending() == 0) {
      reply.nullBulk();
      reply.nullBulk();
      reply.nullArray();
      return;
    }
    StreamReplies.id(reply, group.firstPendingId());
    StreamReplies.id(reply, group.lastPendingId());
    int mark = reply.mark();
    int size = 0;
    try (StreamConsumerWalk walk = group.walkConsumers()) {
      while (walk.next()) {
        StreamConsumer consumer = walk.consumer();
        if (consumer.pending() > 0) {
          reply.array(2);
          StreamReplies.bulk(reply, consumer.name());
          reply.bulkInteger(consumer.pending());
          size++;
        }
      }
    }
    reply.arraySince(mark, size);
  }

  private static void list(Invocation in, StreamGroup group, PendingQuery query) {
    ReplyWriter reply = in.reply();
    StreamConsumer consumer = null;
    if (query.consumerArgument() > 0) {
      consumer = group.findConsumer(in.args().get(query.consumerArgument()));
      if (consumer == null) {
        reply.array(0);
        return;
      }
    }
    int mark = reply.mark();
    int size = 0;
    try (PendingWalk walk = group.walkPending(consumer, query.from(), query.to())) {
      while (size < query.count() && walk.next()) {
        PendingEntry entry = walk.entry();
        long idle = entry.idleMillis(in.nowMillis());
        if (query.minIdleMillis() == 0 || idle >= query.minIdleMillis()) {
          reply.array(4);
          StreamReplies.id(reply, entry.id());
          StreamReplies.bulk(reply, entry.consumer());
          reply.integer(Math.max(0, idle));
          reply.integer(entry.deliveries());
          size++;
        }
      }
    }
    reply.arraySince(mark, size);
  }

  /// What the long form of XPENDING asks for.
  private record PendingQuery(
      StreamId from, StreamId to, long count, long minIdleMillis, int consumerArgument) {

    static PendingQuery of(Arguments args) {
      int at = 3;
      long minIdle = 0;
      if (args.is(3, "IDLE")) {
        minIdle = args.longAt(4);
        if (args.count() < 8) {
          throw Errors.syntax();
        }
        at = 5;
      }
      long count = Math.max(0, args.longAt(at + 2));
      StreamId from = StreamIds.intervalStart(args, at);
      StreamId to = StreamIds.intervalEnd(args, at + 1);
      return new PendingQuery(from, to, count, minIdle, at + 3 < args.count() ? at + 3 : 0);
    }
  }

  static void claim(Invocation in) {
    Arguments args = in.args();
    Slice key = args.get(1);
    Stream stream = Stream.findForWrite(in.db(), key);
    StreamGroup group = stream == null ? null : stream.findGroup(args.get(2));
    if (stream == null || group == null) {
      throw StreamReplies.noGroup(key, args.get(2));
    }
    StreamClaim claim = StreamClaim.of(in);
    if (claim.lastId().compareTo(group.lastId()) > 0) {
      group.position(claim.lastId(), group.entriesRead());
    }
    StreamConsumer consumer = consumerOf(in, group);
    ReplyWriter reply = in.reply();
    StreamFields fields = new StreamFields();
    int mark = reply.mark();
    int size = 0;
    for (int i = StreamClaim.FIRST_ID; i < claim.idsEnd(); i++) {
      StreamId id = StreamIds.exact(args, i);
      PendingEntry entry = group.findPending(id);
      if (!stream.find(id, fields)) {
        if (entry != null) {
          group.removePending(entry);
        }
      } else if (claim.takes(entry, in.nowMillis())) {
        reply(reply, id, fields, claim.onlyIds());
        group.assign(id, entry, consumer, claim.deliveredMillis(), claim.deliveries(entry));
        consumer.active(in.nowMillis());
        size++;
      }
    }
    reply.arraySince(mark, size);
    group.save();
  }

  static void claimIdle(Invocation in) {
    Arguments args = in.args();
    long minIdle =
        args.longAt(4, new CommandException("ERR Invalid min-idle-time argument for XAUTOCLAIM"));
    StreamId from = StreamIds.intervalStart(args, 5);
    long count = CLAIMS_DEFAULT;
    boolean onlyIds = false;
    for (int i = 6; i < args.count(); i++) {
      if (args.is(i, "COUNT") && i + 1 < args.count()) {
        CommandException wrong = new CommandException("ERR COUNT must be > 0");
        count = args.longAt(++i, wrong);
        if (count < 1 || count > CLAIMS_MAX) {
          throw wrong;
        }
      } else if (args.is(i, "JUSTID")) {
        onlyIds = true;
      } else {
        throw Errors.syntax();
      }
    }
    Stream stream = Stream.findForWrite(in.db(), args.get(1));
    StreamGroup group = stream == null ? null : stream.findGroup(args.get(2));
    if (group == null) {
      throw StreamReplies.noGroup(args.get(1), args.get(2));
    }
    claimIdle(in, group, from, Math.max(0, minIdle), count, onlyIds);
  }

  private static void claimIdle(
      Invocation in, StreamGroup group, StreamId from, long minIdle, long count, boolean onlyIds) {
    StreamConsumer consumer = consumerOf(in, group);
    long now = in.nowMillis();
    List<PendingEntry> claimed = new ArrayList<>();
    List<PendingEntry> deleted = new ArrayList<>();
    StreamId cursor = StreamId.MIN;
    try (PendingWalk walk = group.walkPending(null, from, StreamId.MAX)) {
      long looks = count > Long.MAX_VALUE / LOOKS_PER_CLAIM ? count : count * LOOKS_PER_CLAIM;
      while (walk.next()) {
        if (looks-- == 0 || claimed.size() + deleted.size() == count) {
          cursor = walk.id();
          break;
        }
        PendingEntry entry = walk.entry();
        if (!group.stream().holds(entry.id())) {
          deleted.add(entry);
        } else if (minIdle == 0 || entry.idleMillis(now) >= minIdle) {
          claimed.add(entry);
        }
      }
    }
    ReplyWriter reply = in.reply();
    StreamFields fields = new StreamFields();
    reply.array(3);
    StreamReplies.id(reply, cursor);
    reply.array(claimed.size());
    for (PendingEntry entry : claimed) {
      if (group.stream().find(entry.id(), fields)) {
        reply(reply, entry.id(), fields, onlyIds);
      }
      group.assign(entry.id(), entry, consumer, now, entry.deliveries() + (onlyIds ? 0 : 1));
      consumer.active(now);
    }
    reply.array(deleted.size());
    for (PendingEntry entry : deleted) {
      StreamReplies.id(reply, entry.id());
      group.removePending(entry);
    }
    group.save();
  }

  private static void reply(ReplyWriter reply, StreamId id, StreamFields fields, boolean onlyIds) {
    if (onlyIds) {
      StreamReplies.id(reply, id);
    } else {
      StreamReplies.entry(reply, id, fields);
    }
  }

  /// The consumer that claims, named behind the group; made if there is none.
  private static StreamConsumer consumerOf(Invocation in, StreamGroup group) {
    Slice name = in.args().get(3);
    Database db = in.db();
    StreamConsumer consumer = group.findConsumer(name);
    if (consumer == null) {
      consumer = group.createConsumer(name, in.nowMillis());
      db.event(KeyEventClass.STREAM, "xgroup-createconsumer", in.args().get(1));
    }
    consumer.seen(in.nowMillis());
    return consumer;
  }
}
