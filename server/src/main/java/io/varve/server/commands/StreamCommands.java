package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.BLOCKING;
import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.Stream;
import io.varve.server.types.StreamId;
import io.varve.server.types.StreamTrim;
import java.util.List;

/// Commands on streams and their entries. Stateless.
public final class StreamCommands {

  /// Most bytes of the words of one entry, as in Redis.
  private static final long ENTRY_BYTES_MAX = 1L << 30;

  private StreamCommands() {}

  public static List<Command> table() {
    return List.of(
        define("xadd", -5, StreamCommands::add, "5.0.0", WRITE, DENYOOM, FAST)
            .complexity("O(1) to add, O(N) with the number of entries that trimming removes")
            .summary("Adds an entry to a stream, which is made if there is none.")
            .build(),
        define("xlen", 2, StreamCommands::length, "5.0.0", READONLY, FAST)
            .summary("Returns the number of entries of a stream.")
            .build(),
        define("xrange", -4, in -> range(in, false), "5.0.0", READONLY)
            .complexity("O(N) with the number of entries returned")
            .summary("Returns the entries between two ids.")
            .build(),
        define("xrevrange", -4, in -> range(in, true), "5.0.0", READONLY)
            .complexity("O(N) with the number of entries returned")
            .summary("Returns the entries between two ids, the newest first.")
            .build(),
        define("xdel", -3, StreamCommands::delete, "5.0.0", WRITE, FAST)
            .complexity("O(N) with the number of ids")
            .summary("Deletes entries by their ids.")
            .build(),
        define("xtrim", -4, StreamCommands::trim, "5.0.0", WRITE)
            .complexity("O(N) with the number of entries removed")
            .summary("Removes the oldest entries of a stream.")
            .build(),
        define("xsetid", -3, StreamCommands::setId, "5.0.0", WRITE, DENYOOM, FAST)
            .summary("Sets the last id of a stream.")
            .build(),
        define("xread", -4, StreamReadCommands::read, "5.0.0", READONLY, BLOCKING)
            .keys(KeySpec.halfAfter("STREAMS", 1))
            .complexity("O(N) with the number of entries returned")
            .summary("Returns the entries of streams behind ids, or waits for some.")
            .build(),
        define("xreadgroup", -7, StreamReadCommands::readGroup, "5.0.0", WRITE, BLOCKING)
            .keys(KeySpec.halfAfter("STREAMS", 4))
            .complexity("O(N) with the number of entries returned")
            .summary("Returns new or pending entries to a consumer of a group, or waits for some.")
            .build(),
        define("xack", -4, StreamPendingCommands::acknowledge, "5.0.0", WRITE, FAST)
            .complexity("O(N) with the number of ids")
            .summary("Acknowledges entries: they are no longer pending.")
            .build(),
        define("xpending", -3, StreamPendingCommands::pending, "5.0.0", READONLY)
            .complexity("O(N) with the number of entries looked at")
            .summary("Returns what is pending in a group.")
            .build(),
        define("xclaim", -6, StreamPendingCommands::claim, "5.0.0", WRITE, FAST)
            .complexity("O(N) with the number of ids")
            .summary("Gives pending entries to another consumer.")
            .build(),
        define("xautoclaim", -6, StreamPendingCommands::claimIdle, "6.2.0", WRITE, FAST)
            .complexity("O(N) with COUNT")
            .summary("Gives entries that are pending for long to another consumer.")
            .build(),
        StreamGroupCommands.command(),
        StreamInfoCommands.command());
  }

  static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.STREAM)
        .group("stream")
        .since(since);
  }

  private static void add(Invocation in) {
    Arguments args = in.args();
    StreamAddOptions options = StreamAddOptions.ofAdd(args);
    int words = args.count() - options.end();
    if (words < 2 || words % 2 == 1) {
      throw Errors.wrongArity(in.command().fullName());
    }
    if (options.isZeroId()) {
      throw new CommandException("ERR The ID specified in XADD must be greater than 0-0");
    }
    Database db = in.db();
    Slice key = args.get(1);
    Stream stream = Stream.findForWrite(db, key);
    if (stream == null) {
      if (options.onlyIfPresent()) {
        in.reply().nullBulk();
        return;
      }
      stream = Stream.create(db, key);
    }
    if (stream.lastId().equals(StreamId.MAX)) {
      throw new CommandException(
          "ERR The stream has exhausted the last possible ID, unable to add more items");
    }
    StreamId id = options.idFor(stream, in.nowMillis());
    if (id == null) {
      throw new CommandException(
          "ERR The ID specified in XADD is equal or smaller than the target stream top item");
    }
    stream.append(id, words(args, options.end()));
    StreamReplies.id(in.reply(), id);
    db.event(KeyEventClass.STREAM, "xadd", key);
    StreamTrim trim = options.trim(trimStep(in));
    if (trim != null && trim.apply(stream) > 0) {
      db.event(KeyEventClass.STREAM, "xtrim", key);
    }
    stream.save();
  }

  private static GrowableBuffer words(Arguments args, int from) {
    long bytes = 0;
    for (int i = from; i < args.count(); i++) {
      bytes += args.length(i);
    }
    if (bytes > ENTRY_BYTES_MAX) {
      throw new CommandException("ERR Elements are too large to be stored");
    }
    GrowableBuffer words = Stream.newEntry(args.count() - from);
    for (int i = from; i < args.count(); i++) {
      words.putLengthPrefixed(args.get(i));
    }
    return words;
  }

  private static void length(Invocation in) {
    Stream stream = Stream.find(in.db(), in.args().get(1));
    in.reply().integer(stream == null ? 0 : stream.length());
  }

  private static void range(Invocation in, boolean downwards) {
    Arguments args = in.args();
    StreamId from = StreamIds.intervalStart(args, downwards ? 3 : 2);
    StreamId to = StreamIds.intervalEnd(args, downwards ? 2 : 3);
    boolean counted = false;
    long count = 0;
    for (int i = 4; i < args.count(); i += 2) {
      if (!args.is(i, "COUNT") || i + 1 == args.count()) {
        throw Errors.syntax();
      }
      counted = true;
      count = Math.max(0, args.longAt(i + 1));
    }
    Stream stream = Stream.find(in.db(), args.get(1));
    if (stream == null) {
      in.reply().array(0);
    } else if (counted && count == 0) {
      in.reply().nullArray();
    } else {
      StreamReplies.entries(in.reply(), stream, from, to, count, downwards);
    }
  }

  private static void delete(Invocation in) {
    Arguments args = in.args();
    Slice key = args.get(1);
    Stream stream = Stream.findForWrite(in.db(), key);
    if (stream == null) {
      in.reply().integer(0);
      return;
    }
    for (int i = 2; i < args.count(); i++) {
      StreamIds.exact(args, i);
    }
    int deleted = 0;
    boolean first = false;
    for (int i = 2; i < args.count(); i++) {
      StreamId id = StreamIds.exact(args, i);
      if (stream.delete(id)) {
        first |= id.equals(stream.firstId());
        deleted++;
      }
    }
    if (deleted > 0) {
      if (first) {
        stream.settleFirstId();
      }
      stream.save();
      in.db().event(KeyEventClass.STREAM, "xdel", key);
    }
    in.reply().integer(deleted);
  }

  private static long trimStep(Invocation in) {
    return in.db().access().keyspace().streamTrimStep();
  }

  private static void trim(Invocation in) {
    Slice key = in.args().get(1);
    StreamTrim trim = StreamAddOptions.ofTrim(in.args()).trim(trimStep(in));
    Stream stream = Stream.findForWrite(in.db(), key);
    long removed = stream == null || trim == null ? 0 : trim.apply(stream);
    if (stream != null && removed > 0) {
      stream.save();
      in.db().event(KeyEventClass.STREAM, "xtrim", key);
    }
    in.reply().integer(removed);
  }

  private static void setId(Invocation in) {
    Arguments args = in.args();
    StreamId id = StreamIds.exact(args, 2);
    long entriesAdded = -1;
    StreamId maxDeleted = StreamId.MIN;
    for (int i = 3; i < args.count(); i += 2) {
      boolean hasValue = i + 1 < args.count();
      if (hasValue && args.is(i, "ENTRIESADDED")) {
        entriesAdded = args.longAt(i + 1);
        if (entriesAdded < 0) {
          throw new CommandException("ERR entries_added must be positive");
        }
      } else if (hasValue && args.is(i, "MAXDELETEDID")) {
        maxDeleted = StreamIds.exact(args, i + 1);
        if (id.compareTo(maxDeleted) < 0) {
          throw new CommandException(
              "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
        }
      } else {
        throw Errors.syntax();
      }
    }
    Slice key = args.get(1);
    Stream stream = Stream.findForWrite(in.db(), key);
    if (stream == null) {
      throw Errors.noSuchKey();
    }
    requireFits(stream, id, entriesAdded);
    stream.lastId(id);
    if (entriesAdded >= 0) {
      stream.entriesAdded(entriesAdded);
    }
    if (!maxDeleted.isZero()) {
      stream.maxDeletedId(maxDeleted);
    }
    stream.save();
    in.db().event(KeyEventClass.STREAM, "xsetid", key);
    in.reply().ok();
  }

  private static void requireFits(Stream stream, StreamId id, long entriesAdded) {
    if (id.compareTo(stream.maxDeletedId()) < 0) {
      throw new CommandException(
          "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
    }
    if (stream.length() > 0) {
      StreamId last = stream.findLast();
      if (last != null && id.compareTo(last) < 0) {
        throw new CommandException(
            "ERR The ID specified in XSETID is smaller than the target stream top item");
      }
      if (entriesAdded >= 0 && stream.length() > entriesAdded) {
        throw new CommandException(
            "ERR The entries_added specified in XSETID is smaller than the target stream length");
      }
    }
  }
}
