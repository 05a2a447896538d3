package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.keyspace.Glob;
import io.varve.server.keyspace.KeyWalk;
import java.util.ArrayList;
import java.util.List;

/// Commands on whole databases: walking them, counting, emptying, exchanging. Stateless.
public final class KeyspaceCommands {

  private KeyspaceCommands() {}

  public static List<Command> table() {
    return List.of(
        define("keys", 2, KeyspaceCommands::keys, "1.0.0", READONLY)
            .categories(AclCategory.DANGEROUS)
            .complexity("O(N) with the keys that share the literal beginning of the pattern")
            .summary("Returns all keys that match a pattern.")
            .build(),
        define("scan", -2, KeyspaceCommands::scan, "2.8.0", READONLY)
            .complexity("O(COUNT) for each call")
            .summary("Walks the keys, a piece for each call.")
            .build(),
        define("randomkey", 1, KeyspaceCommands::randomKey, "1.0.0", READONLY)
            .summary("Returns some key.")
            .build(),
        define("dbsize", 1, in -> in.reply().integer(in.db().size()), "1.0.0", READONLY, FAST)
            .group("server")
            .summary("Returns the number of keys.")
            .build(),
        define("flushdb", -1, KeyspaceCommands::flushDatabase, "1.0.0", WRITE)
            .group("server")
            .categories(AclCategory.DANGEROUS)
            .summary("Empties the selected database in constant time.")
            .build(),
        define("flushall", -1, KeyspaceCommands::flushAll, "1.0.0", WRITE)
            .group("server")
            .categories(AclCategory.DANGEROUS)
            .summary("Empties all databases in constant time.")
            .build(),
        define("swapdb", 3, KeyspaceCommands::swap, "4.0.0", WRITE, FAST)
            .group("server")
            .categories(AclCategory.DANGEROUS)
            .summary("Lets two databases change places in constant time.")
            .build());
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .categories(AclCategory.KEYSPACE)
        .group("generic")
        .since(since);
  }

  private static void keys(Invocation in) {
    Glob glob = new Glob(in.args().get(1));
    Slice prefix = glob.prefix();
    boolean all = glob.matchesAll();
    List<byte[]> matches = new ArrayList<>();
    try (KeyWalk walk = in.db().walk()) {
      walk.seek(prefix);
      while (walk.isValid() && walk.key().startsWith(prefix)) {
        if ((all || glob.matches(walk.key())) && !walk.isExpiredAt(in.nowMillis())) {
          matches.add(walk.key().toByteArray());
        }
        walk.next();
      }
    }
    replyKeys(in.reply(), matches);
  }

  private static void scan(Invocation in) {
    Slice from = position(in, ScanOptions.cursor(in.args(), 1));
    ScanOptions options = ScanOptions.ofScan(in.args());
    Slice prefix = options.prefix();
    List<byte[]> found = new ArrayList<>();
    long cursor = 0;
    try (KeyWalk walk = in.db().walk()) {
      walk.seek(from.compareTo(prefix) < 0 ? prefix : from);
      long left = options.count();
      while (walk.isValid() && walk.key().startsWith(prefix)) {
        if (left-- == 0) {
          cursor = in.db().rememberCursor(walk.key());
          break;
        }
        if (options.accepts(walk.key())
            && options.accepts(walk.entry().type())
            && !walk.isExpiredAt(in.nowMillis())) {
          found.add(walk.key().toByteArray());
        }
        walk.next();
      }
    }
    ReplyWriter reply = in.reply();
    ScanOptions.replyCursor(reply, cursor);
    replyKeys(reply, found);
  }

  /// Where a cursor goes on: the empty key for the cursor 0.
  private static Slice position(Invocation in, long cursor) {
    if (cursor == 0) {
      return new Slice();
    }
    Slice position = in.keyspace().findCursor(cursor);
    if (position == null) {
      throw new CommandException(
          "ERR invalid cursor: the server no longer knows it, start again with 0");
    }
    return position;
  }

  private static void randomKey(Invocation in) {
    byte[] key;
    try (KeyWalk walk = in.db().walk()) {
      key = RandomKey.find(walk, in.nowMillis());
    }
    if (key == null) {
      in.reply().nullBulk();
    } else {
      in.reply().bulk(key);
    }
  }

  private static void flushDatabase(Invocation in) {
    checkFlushMode(in.args());
    in.db().flush();
    in.reply().ok();
  }

  private static void flushAll(Invocation in) {
    checkFlushMode(in.args());
    in.access().flushAll();
    in.reply().ok();
  }

  /// ASYNC and SYNC make no difference: the space comes back with the next merges.
  private static void checkFlushMode(Arguments args) {
    boolean valid =
        args.count() == 1 || (args.count() == 2 && (args.is(1, "ASYNC") || args.is(1, "SYNC")));
    if (!valid) {
      throw Errors.syntax();
    }
  }

  private static void swap(Invocation in) {
    int one = databaseIndex(in, 1, "ERR invalid first DB index");
    int other = databaseIndex(in, 2, "ERR invalid second DB index");
    int count = in.keyspace().databaseCount();
    if (one < 0 || one >= count || other < 0 || other >= count) {
      throw new CommandException("ERR DB index is out of range");
    }
    in.access().swap(one, other);
    in.reply().ok();
  }

  private static int databaseIndex(Invocation in, int argument, String error) {
    long index = in.args().longAt(argument, new CommandException(error));
    if (index != (int) index) {
      throw new CommandException(error);
    }
    return (int) index;
  }

  private static void replyKeys(ReplyWriter reply, List<byte[]> keys) {
    reply.array(keys.size());
    for (byte[] key : keys) {
      reply.bulk(key);
    }
  }
}
