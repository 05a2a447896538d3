package io.varve.server.commands;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.ValueType;
import io.varve.server.types.Hashes;
import io.varve.server.types.Lists;
import io.varve.server.types.Sets;
import io.varve.server.types.SortedSet;
import io.varve.server.types.Strings;
import java.util.List;

/// Commands that look at how a value is kept: OBJECT, MEMORY USAGE. Stateless.
public final class ObjectCommands {

  private static final KeySpec SECOND = new KeySpec(2, 2, 1);

  /// Redis shares one object per number below this and says so in the reference count.
  private static final int SHARED_NUMBERS = 10_000;

  private static final int SHARED_REFERENCES = Integer.MAX_VALUE;

  /// What a key costs in a memtable or table next to its own bytes: prefix, trailer, index share.
  private static final int OVERHEAD_BYTES = 32;

  private static final String[] HELP = {
    "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "ENCODING <key>",
    "    Return the kind of internal representation used in order to store the value",
    "    associated with a <key>.",
    "FREQ <key>",
    "    Return the access frequency index of the <key>. The returned integer is",
    "    proportional to the logarithm of the recent access frequency of the key.",
    "IDLETIME <key>",
    "    Return the idle time of the <key>, that is the approximated number of",
    "    seconds elapsed since the last access to the key.",
    "REFCOUNT <key>",
    "    Return the number of references of the value associated with the specified",
    "    <key>.",
    "HELP",
    "    Prints this help."
  };

  private ObjectCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define("object", -2, ObjectCommands::container)
            .group("generic")
            .since("2.2.3")
            .summary("Tells how a value is kept.")
            .subcommands(
                define("encoding", ObjectCommands::encoding, "2.2.3")
                    .summary("Returns how Redis would keep the value."),
                define("freq", ObjectCommands::frequency, "4.0.0")
                    .summary("Always refused: access frequencies are not kept."),
                define("idletime", ObjectCommands::idleTime, "2.2.3")
                    .summary("Always 0: access times are not kept."),
                define("refcount", ObjectCommands::referenceCount, "2.2.3")
                    .summary("Returns the number of references that Redis would show."),
                Command.define("help", 2, ObjectCommands::help)
                    .flags(CommandFlag.LOADING, CommandFlag.STALE)
                    .categories(AclCategory.KEYSPACE)
                    .since("6.2.0")
                    .differs("In our words.")
                    .summary("Explains the sub-commands."))
            .build());
  }

  /// MEMORY USAGE, for the table of MEMORY's sub-commands, which stands with those on the server.
  public static Command.Builder memoryUsageCommand() {
    return Command.define("usage", -3, ObjectCommands::memoryUsage)
        .flags(CommandFlag.READONLY)
        .keys(SECOND)
        .group("server")
        .since("4.0.0")
        .summary("Estimates the bytes that a key and its value take.");
  }

  private static Command.Builder define(String name, Handler handler, String since) {
    return Command.define(name, 3, handler)
        .flags(CommandFlag.READONLY)
        .keys(SECOND)
        .categories(AclCategory.KEYSPACE)
        .group("generic")
        .since(since);
  }

  private static void container(Invocation in) {
    throw Errors.wrongArity(in.command().fullName());
  }

  private static void encoding(Invocation in) {
    KeyEntry entry = in.db().findQuietly(in.args().get(2));
    if (entry == null) {
      in.reply().nullBulk();
    } else {
      in.reply().bulkString(encodingName(entry));
    }
  }

  private static void frequency(Invocation in) {
    if (in.db().findQuietly(in.args().get(2)) == null) {
      in.reply().nullBulk();
      return;
    }
    throw new CommandException(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note"
            + " that when switching between policies at runtime LRU and LFU data will take some"
            + " time to adjust.");
  }

  private static void idleTime(Invocation in) {
    if (in.db().findQuietly(in.args().get(2)) == null) {
      in.reply().nullBulk();
    } else {
      in.reply().integer(0);
    }
  }

  private static void referenceCount(Invocation in) {
    KeyEntry entry = in.db().findQuietly(in.args().get(2));
    if (entry == null) {
      in.reply().nullBulk();
    } else {
      in.reply().integer(isShared(entry) ? SHARED_REFERENCES : 1);
    }
  }

  private static boolean isShared(KeyEntry entry) {
    return entry.type() == ValueType.STRING
        && !entry.payload().isEmpty()
        && entry.payload().get(0) != '-'
        && entry.payload().length() <= String.valueOf(SHARED_NUMBERS - 1).length()
        && encodingName(entry).equals("int");
  }

  private static void help(Invocation in) {
    ReplyWriter reply = in.reply();
    reply.array(HELP.length);
    for (String line : HELP) {
      reply.simpleString(line);
    }
  }

  private static void memoryUsage(Invocation in) {
    Arguments args = in.args();
    for (int i = 3; i < args.count(); i++) {
      if (!args.is(i, "SAMPLES") || i + 1 == args.count() || args.longAt(++i) < 0) {
        throw Errors.syntax();
      }
    }
    KeyEntry entry = in.db().findQuietly(args.get(2));
    if (entry == null) {
      in.reply().nullBulk();
    } else {
      in.reply().integer((long) args.get(2).length() + entry.storedBytes() + OVERHEAD_BYTES);
    }
  }

  /// As OBJECT ENCODING calls it.
  static String encodingName(KeyEntry entry) {
    return switch (entry.type()) {
      case STRING -> Strings.encodingName(entry);
      case LIST -> Lists.encodingName(entry);
      case SET -> Sets.encodingName(entry);
      case SORTED_SET -> SortedSet.encodingName(entry);
      case HASH -> Hashes.encodingName(entry);
      case STREAM -> "stream";
    };
  }
}
