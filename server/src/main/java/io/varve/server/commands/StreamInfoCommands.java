package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.types.PendingEntry;
import io.varve.server.types.PendingWalk;
import io.varve.server.types.Stream;
import io.varve.server.types.StreamConsumer;
import io.varve.server.types.StreamConsumerWalk;
import io.varve.server.types.StreamGroup;
import io.varve.server.types.StreamGroupWalk;
import io.varve.server.types.StreamId;

/// XINFO: what a stream, its groups and consumers are like. Stateless.
final class StreamInfoCommands {

  private static final long COUNT_DEFAULT = 10;
  private static final long NODE_ENTRIES = 100;

  private static final String[] HELP = {
    "XINFO <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "CONSUMERS <key> <groupname>",
    "    Show consumers of <groupname>.",
    "GROUPS <key>",
    "    Show the stream consumer groups.",
    "STREAM <key> [FULL [COUNT <count>]",
    "    Show information about the stream.",
    "HELP",
    "    Prints this help."
  };

  private StreamInfoCommands() {}

  static Command command() {
    return Command.define("xinfo", -2, StreamInfoCommands::container)
        .group("stream")
        .since("5.0.0")
        .complexity("Depends on the sub-command.")
        .summary("A container for commands that look into streams.")
        .subcommands(
            define("stream", -3, StreamInfoCommands::stream)
                .summary("Describes a stream, with FULL also its groups and consumers."),
            define("groups", 3, StreamInfoCommands::groups).summary("Describes the groups."),
            define("consumers", 4, StreamInfoCommands::consumers)
                .complexity("O(N) with the number of consumers")
                .summary("Describes the consumers of a group."),
            help(HELP))
        .build();
  }

  private static Command.Builder define(String name, int arity, Handler handler) {
    return Command.define(name, arity, handler)
        .flags(READONLY)
        .keys(new KeySpec(2, 2, 1))
        .categories(AclCategory.STREAM)
        .group("stream")
        .since("5.0.0");
  }

  /// HELP of a container of stream commands.
  static Command.Builder help(String[] lines) {
    return Command.define("help", 2, in -> reply(in, lines))
        .flags(LOADING, STALE)
        .categories(AclCategory.STREAM)
        .group("stream")
        .since("5.0.0")
        .differs("In our words.")
        .summary("Explains the sub-commands.");
  }

  private static void container(Invocation in) {
    throw Errors.wrongArity(in.command().fullName());
  }

  private static void reply(Invocation in, String[] lines) {
    in.reply().array(lines.length);
    for (String line : lines) {
      in.reply().simpleString(line);
    }
  }

  private static Stream find(Invocation in) {
    Stream stream = Stream.find(in.db(), in.args().get(2));
    if (stream == null) {
      throw Errors.noSuchKey();
    }
    return stream;
  }

  private static void stream(Invocation in) {
    Arguments args = in.args();
    Stream stream = find(in);
    boolean full = args.count() > 3;
    long count = COUNT_DEFAULT;
    if (full) {
      boolean counted = args.count() == 6;
      if (!(args.count() == 4 || counted)
          || !args.is(3, "FULL")
          || (counted && !args.is(4, "COUNT"))) {
        throw StreamReplies.unknownSubcommand("XINFO", args.text(1));
      }
      long wanted = counted ? args.longAt(5) : COUNT_DEFAULT;
      count = wanted < 0 ? COUNT_DEFAULT : wanted;
    }
    ReplyWriter reply = in.reply();
    reply.map(full ? 9 : 10);
    head(reply, stream);
    if (full) {
      reply.bulkString("entries");
      StreamReplies.entries(reply, stream, StreamId.MIN, StreamId.MAX, count, false);
      reply.bulkString("groups");
      fullGroups(reply, stream, count);
    } else {
      reply.bulkString("groups");
      reply.integer(stream.groups());
      reply.bulkString("first-entry");
      StreamReplies.edge(reply, stream, false);
      reply.bulkString("last-entry");
      StreamReplies.edge(reply, stream, true);
    }
  }

  private static void head(ReplyWriter reply, Stream stream) {
    // There is no radix tree: the numbers are those of one with full nodes.
    long nodes = Math.ceilDiv(stream.length(), NODE_ENTRIES);
    reply.bulkString("length");
    reply.integer(stream.length());
    reply.bulkString("radix-tree-keys");
    reply.integer(nodes);
    reply.bulkString("radix-tree-nodes");
    reply.integer(nodes + 1);
    reply.bulkString("last-generated-id");
    StreamReplies.id(reply, stream.lastId());
    reply.bulkString("max-deleted-entry-id");
    StreamReplies.id(reply, stream.maxDeletedId());
    reply.bulkString("entries-added");
    reply.integer(stream.entriesAdded());
    reply.bulkString("recorded-first-entry-id");
    StreamReplies.id(reply, stream.firstId());
  }

  private static void fullGroups(ReplyWriter reply, Stream stream, long count) {
    int mark = reply.mark();
    int size = 0;
    try (StreamGroupWalk walk = stream.walkGroups()) {
      while (walk.next()) {
        StreamGroup group = walk.group();
        reply.map(7);
        reply.bulkString("name");
        StreamReplies.bulk(reply, group.name());
        progress(reply, group);
        reply.bulkString("pel-count");
        reply.integer(group.pending());
        reply.bulkString("pending");
        fullPending(reply, group, count);
        reply.bulkString("consumers");
        fullConsumers(reply, group, count);
        size++;
      }
    }
    reply.arraySince(mark, size);
  }

  private static void fullPending(ReplyWriter reply, StreamGroup group, long count) {
    int mark = reply.mark();
    int size = 0;
    try (PendingWalk walk = group.walkPending(null, StreamId.MIN, StreamId.MAX)) {
      while ((count == 0 || size < count) && walk.next()) {
        PendingEntry entry = walk.entry();
        reply.array(4);
        StreamReplies.id(reply, entry.id());
        StreamReplies.bulk(reply, entry.consumer());
        reply.integer(entry.deliveredMillis());
        reply.integer(entry.deliveries());
        size++;
      }
    }
    reply.arraySince(mark, size);
  }

  private static void fullConsumers(ReplyWriter reply, StreamGroup group, long count) {
    int mark = reply.mark();
    int size = 0;
    try (StreamConsumerWalk walk = group.walkConsumers()) {
      while (walk.next()) {
        StreamConsumer consumer = walk.consumer();
        reply.map(5);
        reply.bulkString("name");
        StreamReplies.bulk(reply, consumer.name());
        reply.bulkString("seen-time");
        reply.integer(consumer.seenMillis());
        reply.bulkString("active-time");
        reply.integer(consumer.activeMillis());
        reply.bulkString("pel-count");
        reply.integer(consumer.pending());
        reply.bulkString("pending");
        fullPending(reply, group, consumer, count);
        size++;
      }
    }
    reply.arraySince(mark, size);
  }

  private static void fullPending(
      ReplyWriter reply, StreamGroup group, StreamConsumer consumer, long count) {
    int mark = reply.mark();
    int size = 0;
    try (PendingWalk walk = group.walkPending(consumer, StreamId.MIN, StreamId.MAX)) {
      while ((count == 0 || size < count) && walk.next()) {
        PendingEntry entry = walk.entry();
        reply.array(3);
        StreamReplies.id(reply, entry.id());
        reply.integer(entry.deliveredMillis());
        reply.integer(entry.deliveries());
        size++;
      }
    }
    reply.arraySince(mark, size);
  }

  private static void groups(Invocation in) {
    Stream stream = find(in);
    ReplyWriter reply = in.reply();
    int mark = reply.mark();
    int size = 0;
    try (StreamGroupWalk walk = stream.walkGroups()) {
      while (walk.next()) {
        StreamGroup group = walk.group();
        reply.map(6);
        reply.bulkString("name");
        StreamReplies.bulk(reply, group.name());
        reply.bulkString("consumers");
        reply.integer(group.consumers());
        reply.bulkString("pending");
        reply.integer(group.pending());
        progress(reply, group);
        size++;
      }
    }
    reply.arraySince(mark, size);
  }

  /// How far a group has read.
  private static void progress(ReplyWriter reply, StreamGroup group) {
    reply.bulkString("last-delivered-id");
    StreamReplies.id(reply, group.lastId());
    reply.bulkString("entries-read");
    number(reply, group.entriesRead(), StreamGroup.UNKNOWN);
    reply.bulkString("lag");
    number(reply, group.lag(), StreamGroup.LAG_UNKNOWN);
  }

  private static void number(ReplyWriter reply, long number, long unknown) {
    if (number == unknown) {
      reply.nullBulk();
    } else {
      reply.integer(number);
    }
  }

  private static void consumers(Invocation in) {
    StreamGroup group = find(in).findGroup(in.args().get(3));
    if (group == null) {
      throw StreamReplies.noGroupOfKey(in.args().get(2), in.args().get(3));
    }
    ReplyWriter reply = in.reply();
    int mark = reply.mark();
    int size = 0;
    try (StreamConsumerWalk walk = group.walkConsumers()) {
      while (walk.next()) {
        StreamConsumer consumer = walk.consumer();
        long active = consumer.activeMillis();
        reply.map(4);
        reply.bulkString("name");
        StreamReplies.bulk(reply, consumer.name());
        reply.bulkString("pending");
        reply.integer(consumer.pending());
        reply.bulkString("idle");
        reply.integer(Math.max(0, in.nowMillis() - consumer.seenMillis()));
        reply.bulkString("inactive");
        reply.integer(
            active == StreamConsumer.NEVER
                ? StreamConsumer.NEVER
                : Math.max(0, in.nowMillis() - active));
        size++;
      }
    }
    reply.arraySince(mark, size);
  }
}
