package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.WRITE;

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
import io.varve.server.types.StreamConsumer;
import io.varve.server.types.StreamGroup;
import io.varve.server.types.StreamId;
import org.jspecify.annotations.Nullable;

/// XGROUP: groups of consumers. Stateless.
final class StreamGroupCommands {

  private static final String[] HELP = {
    "XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "CREATE <key> <groupname> <id|$> [option]",
    "    Create a new consumer group. Options are:",
    "    * MKSTREAM",
    "      Create the empty stream if it does not exist.",
    "    * ENTRIESREAD entries_read",
    "      Set the group's entries_read counter (internal use).",
    "CREATECONSUMER <key> <groupname> <consumer>",
    "    Create a new consumer in the specified group.",
    "DELCONSUMER <key> <groupname> <consumer>",
    "    Remove the specified consumer.",
    "DESTROY <key> <groupname>",
    "    Remove the specified group.",
    "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
    "    Set the current group ID and entries_read counter.",
    "HELP",
    "    Prints this help."
  };

  private StreamGroupCommands() {}

  static Command command() {
    return Command.define("xgroup", -2, StreamGroupCommands::container)
        .group("stream")
        .since("5.0.0")
        .complexity("Depends on the sub-command.")
        .summary("A container for commands about consumer groups.")
        .subcommands(
            define("create", -5, StreamGroupCommands::create, "5.0.0", WRITE, DENYOOM)
                .summary("Adds a group to a stream."),
            define("setid", -5, StreamGroupCommands::setId, "5.0.0", WRITE)
                .summary("Sets the id that was delivered last to a group."),
            define("destroy", 4, StreamGroupCommands::destroy, "5.0.0", WRITE)
                .summary("Removes a group with its consumers."),
            define("createconsumer", 5, StreamGroupCommands::addConsumer, "6.2.0", WRITE, DENYOOM)
                .summary("Adds a consumer to a group."),
            define("delconsumer", 5, StreamGroupCommands::removeConsumer, "5.0.0", WRITE)
                .complexity("O(N) with the number of entries pending for the consumer")
                .summary("Removes a consumer from a group."),
            StreamInfoCommands.help(HELP))
        .build();
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(new KeySpec(2, 2, 1))
        .categories(AclCategory.STREAM)
        .group("stream")
        .since(since);
  }

  private static void container(Invocation in) {
    throw Errors.wrongArity(in.command().fullName());
  }

  private static void create(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    boolean makesStream = false;
    long entriesRead = StreamGroup.UNKNOWN;
    for (int i = 5; i < args.count(); i++) {
      if (args.is(i, "MKSTREAM")) {
        makesStream = true;
      } else {
        entriesRead = entriesRead(args, i++);
      }
    }
    Slice key = args.get(2);
    Stream stream = Stream.findForWrite(db, key);
    if (stream == null && !makesStream) {
      throw missingKey();
    }
    boolean tooMany = args.count() > 8;
    if (tooMany) {
      throw StreamReplies.unknownSubcommand("XGROUP", args.text(1));
    }
    StreamId id = idOf(args, stream, StreamIds::exact);
    stream = stream == null ? Stream.create(db, key) : stream;
    if (stream.findGroup(args.get(3)) != null) {
      throw new CommandException("BUSYGROUP Consumer Group name already exists");
    }
    StreamGroup group = stream.createGroup(args.get(3));
    group.position(id, entriesRead);
    group.save();
    stream.save();
    db.event(KeyEventClass.STREAM, "xgroup-create", key);
    in.reply().ok();
  }

  private static void setId(Invocation in) {
    Arguments args = in.args();
    long entriesRead = StreamGroup.UNKNOWN;
    for (int i = 5; i < args.count(); i += 2) {
      entriesRead = entriesRead(args, i);
    }
    StreamGroup group = group(in);
    if (args.count() > 7) {
      throw StreamReplies.unknownSubcommand("XGROUP", args.text(1));
    }
    group.position(idOf(args, group.stream(), StreamIds::withSigns), entriesRead);
    group.save();
    in.db().event(KeyEventClass.STREAM, "xgroup-setid", args.get(2));
    in.reply().ok();
  }

  private static void destroy(Invocation in) {
    Slice key = in.args().get(2);
    Stream stream = stream(in);
    StreamGroup group = stream.findGroup(in.args().get(3));
    if (group == null) {
      in.reply().integer(0);
      return;
    }
    stream.removeGroup(group);
    stream.save();
    in.db().event(KeyEventClass.STREAM, "xgroup-destroy", key);
    in.reply().integer(1);
  }

  private static void addConsumer(Invocation in) {
    Arguments args = in.args();
    StreamGroup group = group(in);
    if (group.findConsumer(args.get(4)) != null) {
      in.reply().integer(0);
      return;
    }
    group.createConsumer(args.get(4), in.nowMillis());
    group.save();
    in.db().event(KeyEventClass.STREAM, "xgroup-createconsumer", args.get(2));
    in.reply().integer(1);
  }

  private static void removeConsumer(Invocation in) {
    Arguments args = in.args();
    StreamGroup group = group(in);
    StreamConsumer consumer = group.findConsumer(args.get(4));
    if (consumer == null) {
      in.reply().integer(0);
      return;
    }
    group.removeConsumer(consumer);
    group.save();
    in.db().event(KeyEventClass.STREAM, "xgroup-delconsumer", args.get(2));
    in.reply().integer(consumer.pending());
  }

  /// Reads the value of ENTRIESREAD, whose name stands at an index.
  private static long entriesRead(Arguments args, int at) {
    if (!args.is(at, "ENTRIESREAD") || at + 1 == args.count()) {
      throw StreamReplies.unknownSubcommand("XGROUP", args.text(1));
    }
    long entriesRead = args.longAt(at + 1);
    if (entriesRead < 0 && entriesRead != StreamGroup.UNKNOWN) {
      throw new CommandException("ERR value for ENTRIESREAD must be positive or -1");
    }
    return entriesRead;
  }

  private interface IdReader {
    StreamId read(Arguments args, int index);
  }

  private static StreamId idOf(Arguments args, @Nullable Stream stream, IdReader reader) {
    if (args.is(4, "$")) {
      return stream == null ? StreamId.MIN : stream.lastId();
    }
    return reader.read(args, 4);
  }

  private static Stream stream(Invocation in) {
    Stream stream = Stream.findForWrite(in.db(), in.args().get(2));
    if (stream == null) {
      throw missingKey();
    }
    return stream;
  }

  private static StreamGroup group(Invocation in) {
    StreamGroup group = stream(in).findGroup(in.args().get(3));
    if (group == null) {
      throw StreamReplies.noGroupOfKey(in.args().get(2), in.args().get(3));
    }
    return group;
  }

  private static CommandException missingKey() {
    return new CommandException(
        "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use"
            + " the MKSTREAM option to create an empty stream automatically.");
  }
}
