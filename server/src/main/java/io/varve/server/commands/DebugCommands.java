package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.STALE;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.protocol.Resp3Writer;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.rdb.ValueWriter;
import io.varve.server.types.Strings;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// DEBUG: for tests of servers and clients, and to compare data sets, where `enable-debug-command`
/// allows it.
public final class DebugCommands {

  private static final Logger LOG = LoggerFactory.getLogger(DebugCommands.class);
  private static final int LOGGED_CHARS_MAX = 1024;
  private static final long SLEEP_MILLIS_MAX = 3_600_000;

  private DebugCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define(
                "debug",
                -2,
                in -> {
                  throw new IllegalStateException("a sub-command is always named");
                })
            .flags(ADMIN, NOSCRIPT, LOADING, STALE)
            .group("server")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands that help to test.")
            .subcommands(
                define(
                        "digest",
                        2,
                        "Gives a checksum of all keys and values.",
                        DebugCommands::digest)
                    .flags(READONLY),
                define(
                        "digest-value",
                        -2,
                        "Gives the checksum of each key's value.",
                        DebugCommands::digestOfValues)
                    .flags(READONLY),
                define(
                    "error",
                    3,
                    "Answers with an error.",
                    in -> in.reply().error(in.args().text(2))),
                Help.define("1.0.0").group("server"),
                define(
                    "loadaof",
                    2,
                    "As DEBUG RELOAD: the log is in the tables then, and nothing else to be loaded.",
                    DebugCommands::reload),
                define("log", 3, "Writes a line to the server's log.", DebugCommands::log),
                define("object", 3, "Tells how a value is kept.", DebugCommands::object)
                    .flags(READONLY)
                    .keys(new KeySpec(2, 2, 1)),
                define("populate", -3, "Makes keys for tests.", DebugCommands::populate)
                    .flags(WRITE),
                defineForScripts(
                    "protocol", 3, "Answers with a reply of a type.", DebugCommands::protocol),
                define(
                    "reload",
                    -2,
                    "Writes memory to tables and forgets it, so that reads come from the disk.",
                    DebugCommands::reload),
                define(
                    "set-active-expire",
                    3,
                    "Turns active expiry off or on.",
                    DebugCommands::setActiveExpiry),
                defineForScripts("sleep", 3, "Stops the server for a time.", DebugCommands::sleep))
            .build());
  }

  private static Command.Builder define(String name, int arity, String summary, Handler handler) {
    return defineForScripts(name, arity, summary, handler).flags(NOSCRIPT);
  }

  private static Command.Builder defineForScripts(
      String name, int arity, String summary, Handler handler) {
    return Command.define(name, arity, in -> runIfAllowed(in, handler))
        .flags(ADMIN, LOADING, STALE)
        .group("server")
        .complexity("Depends on what is asked for.")
        .summary(summary);
  }

  private static void runIfAllowed(Invocation in, Handler handler) {
    if (!in.server().isDebugAllowed(in.session())) {
      throw new CommandException(
          "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\","
              + " you can run it from a local connection, otherwise you need to set this option in"
              + " the configuration file, and then restart the server.");
    }
    handler.execute(in);
  }

  private static void digest(Invocation in) {
    in.reply().simpleString(ValueDigest.ofAll(in));
  }

  private static void digestOfValues(Invocation in) {
    Arguments args = in.args();
    in.reply().array(args.count() - 2);
    for (int i = 2; i < args.count(); i++) {
      in.reply().simpleString(ValueDigest.ofValue(in.db(), args.get(i)));
    }
  }

  private static void log(Invocation in) {
    if (!in.isRehearsal()) {
      String text = in.args().text(2).replaceAll("\\p{Cntrl}", " ");
      LOG.warn("DEBUG LOG: {}", text.substring(0, Math.min(text.length(), LOGGED_CHARS_MAX)));
    }
    in.reply().ok();
  }

  /// In Redis' words, of which some mean nothing here: a value has no address and nobody counts who refers
  /// to it or when. Also of a key whose time has passed and that still lies there.
  private static void object(Invocation in) {
    Slice key = in.args().get(2);
    KeyEntry entry = new KeyEntry();
    if (!in.db().findEvenIfPassed(key, entry)) {
      throw new CommandException("ERR no such key");
    }
    int bytes = ValueWriter.dump(in.db(), key, entry).length() - ValueWriter.FRAME_BYTES;
    in.reply()
        .simpleString(
            "Value at:0x0 refcount:1 encoding:"
                + ObjectCommands.encodingName(entry)
                + " serializedlength:"
                + bytes
                + " lru:0 lru_seconds_idle:0");
  }

  /// `DEBUG POPULATE count [prefix [size]]`: keys that are there stay as they are.
  private static void populate(Invocation in) {
    Arguments args = in.args();
    long count = args.longAt(2);
    String prefix = args.count() > 3 ? args.text(3) : "key";
    long size = args.count() > 4 ? args.longAt(4) : 0;
    if (count < 0 || size < 0 || size > Strings.BYTES_MAX) {
      throw new CommandException("ERR value is out of range, must be positive");
    }
    for (long i = 0; i < count; i++) {
      Slice key = Slice.of((prefix + ":" + i).getBytes(StandardCharsets.ISO_8859_1));
      if (in.db().findQuietly(key) == null) {
        byte[] value = ("value:" + i).getBytes(StandardCharsets.ISO_8859_1);
        byte[] padded = size == 0 ? value : Arrays.copyOf(value, (int) size);
        Slice slice = new Slice(MemorySegment.ofArray(padded), 0, padded.length);
        Strings.set(in.db(), key, slice, KeyEntry.NO_EXPIRY);
      }
    }
    in.reply().ok();
  }

  private static void reload(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 2) {
      throw new CommandException(
          "ERR DEBUG RELOAD takes no options: nothing is loaded from a file");
    }
    in.server().reload();
    in.reply().ok();
  }

  private static void setActiveExpiry(Invocation in) {
    in.server().activeExpiry(in.args().longAt(2) != 0);
    in.reply().ok();
  }

  /// Holds the executing thread, and with it all that waits for it: that is what it is for.
  private static void sleep(Invocation in) {
    double seconds = in.args().doubleAt(2);
    if (!in.isRehearsal()) {
      try {
        Thread.sleep((long) Math.clamp(seconds * 1000, 0, SLEEP_MILLIS_MAX));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    in.reply().ok();
  }

  /// One reply of each shape, for tests of clients.
  private static void protocol(Invocation in) {
    ReplyWriter reply = in.reply();
    switch (in.args().text(2).toLowerCase(Locale.ROOT)) {
      case "string" -> reply.bulkString("Hello World");
      case "integer" -> reply.integer(12345);
      case "double" -> reply.doubleValue(3.141);
      case "null" -> reply.nullBulk();
      case "array" -> numbers(reply, () -> reply.array(3));
      case "set" -> numbers(reply, () -> reply.set(3));
      case "map" -> {
        reply.map(3);
        for (int i = 0; i < 3; i++) {
          reply.integer(i);
          reply.bool(i == 1);
        }
      }
      case "attrib" -> {
        if (reply instanceof Resp3Writer resp3) {
          resp3.attribute(1);
          reply.bulkString("key-popularity");
          reply.array(2);
          reply.bulkString("key:123");
          reply.integer(90);
        }
        reply.bulkString("Some real reply following the attribute");
      }
      case "push" -> {
        reply.push(2);
        reply.bulkString("server-cpu-usage");
        reply.integer(42);
      }
      case "bignum" -> reply.bigNumber("1234567999999999999999999999999999999");
      case "true" -> reply.bool(true);
      case "false" -> reply.bool(false);
      case "verbatim" -> reply.verbatim("txt", "This is a verbatim\nstring");
      default ->
          throw new CommandException(
              "ERR Wrong protocol type name. Please use one of the following:"
                  + " string|integer|double|null|array|set|map|attrib|push|verbatim|true|false");
    }
  }

  private static void numbers(ReplyWriter reply, Runnable head) {
    head.run();
    for (int i = 0; i < 3; i++) {
      reply.integer(i);
    }
  }
}
