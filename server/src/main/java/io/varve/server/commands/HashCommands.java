package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.FieldWalk;
import io.varve.server.types.HashEditor;
import io.varve.server.types.HashNumbers;
import io.varve.server.types.HashView;
import java.util.List;

/// Commands on hashes. Stateless.
public final class HashCommands {

  private HashCommands() {}

  public static List<Command> table() {
    return List.of(
        define("hset", -4, HashCommands::set, "2.0.0", WRITE, DENYOOM, FAST)
            .complexity("O(N) with the number of fields given")
            .summary("Sets fields of a hash and returns how many are new.")
            .build(),
        define("hsetnx", 4, HashCommands::setIfMissing, "2.0.0", WRITE, DENYOOM, FAST)
            .summary("Sets a field of a hash that does not have it.")
            .build(),
        define("hmset", -4, HashCommands::setMany, "2.0.0", WRITE, DENYOOM, FAST)
            .complexity("O(N) with the number of fields given")
            .summary("Sets fields of a hash: the old name of HSET.")
            .build(),
        define("hget", 3, HashCommands::get, "2.0.0", READONLY, FAST)
            .summary("Returns the value of a field.")
            .build(),
        define("hmget", -3, HashCommands::getMany, "2.0.0", READONLY, FAST)
            .complexity("O(N) with the number of fields given")
            .summary("Returns the values of several fields.")
            .build(),
        define("hgetall", 2, HashCommands::getAll, "2.0.0", READONLY)
            .complexity("O(N) with the size of the hash")
            .summary("Returns all fields and values.")
            .build(),
        define("hkeys", 2, HashCommands::fields, "2.0.0", READONLY)
            .complexity("O(N) with the size of the hash")
            .summary("Returns all fields.")
            .build(),
        define("hvals", 2, HashCommands::values, "2.0.0", READONLY)
            .complexity("O(N) with the size of the hash")
            .summary("Returns all values.")
            .build(),
        define("hlen", 2, HashCommands::size, "2.0.0", READONLY, FAST)
            .summary("Returns the number of fields.")
            .build(),
        define("hexists", 3, HashCommands::exists, "2.0.0", READONLY, FAST)
            .summary("Says whether a hash has a field.")
            .build(),
        define("hstrlen", 3, HashCommands::valueLength, "3.2.0", READONLY, FAST)
            .summary("Returns the length of the value of a field.")
            .build(),
        define("hdel", -3, HashCommands::delete, "2.0.0", WRITE, FAST)
            .complexity("O(N) with the number of fields given")
            .summary("Removes fields; a hash without any goes with its key.")
            .build(),
        define("hincrby", 4, HashCommands::increment, "2.0.0", WRITE, DENYOOM, FAST)
            .summary("Adds to the number of a field.")
            .build(),
        define("hincrbyfloat", 4, HashCommands::incrementByFloat, "2.6.0", WRITE, DENYOOM, FAST)
            .summary("Adds to the number with a fraction of a field.")
            .build(),
        define("hrandfield", -2, RandomElements::ofHash, "6.2.0", READONLY)
            .complexity("O(N) with the number of fields wanted")
            .summary("Returns random fields.")
            .build(),
        define("hscan", -3, HashCommands::scan, "2.8.0", READONLY)
            .complexity("O(COUNT) for each call")
            .summary("Walks the fields and values, a piece for each call.")
            .build());
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.HASH)
        .group("hash")
        .since(since);
  }

  private static void set(Invocation in) {
    in.reply().integer(setPairs(in));
  }

  private static void setMany(Invocation in) {
    setPairs(in);
    in.reply().ok();
  }

  private static int setPairs(Invocation in) {
    Arguments args = in.args();
    if (args.count() % 2 != 0) {
      throw Errors.wrongArity(in.command().fullName());
    }
    HashEditor hash = HashEditor.open(in.db(), args.get(1));
    hash.expect((args.count() - 2) / 2, longest(args, 2));
    int added = 0;
    for (int i = 2; i < args.count(); i += 2) {
      if (hash.put(args.get(i), args.get(i + 1))) {
        added++;
      }
    }
    finish(in, hash, "hset");
    return added;
  }

  private static void setIfMissing(Invocation in) {
    Arguments args = in.args();
    HashEditor hash = HashEditor.open(in.db(), args.get(1));
    if (hash.find(args.get(2), new Slice())) {
      in.reply().integer(0);
      return;
    }
    hash.put(args.get(2), args.get(3));
    finish(in, hash, "hset");
    in.reply().integer(1);
  }

  /// Bytes of the longest argument from one on.
  private static int longest(Arguments args, int from) {
    int longest = 0;
    for (int i = from; i < args.count(); i++) {
      longest = Math.max(longest, args.length(i));
    }
    return longest;
  }

  private static void get(Invocation in) {
    HashView hash = HashView.find(in.db(), in.args().get(1));
    Slice value = new Slice();
    if (hash != null && hash.find(in.args().get(2), value)) {
      Replies.bulk(in.reply(), value);
    } else {
      in.reply().nullBulk();
    }
  }

  private static void getMany(Invocation in) {
    Arguments args = in.args();
    ReplyWriter reply = in.reply();
    HashView hash = HashView.find(in.db(), args.get(1));
    Slice value = new Slice();
    reply.array(args.count() - 2);
    for (int i = 2; i < args.count(); i++) {
      if (hash != null && hash.find(args.get(i), value)) {
        Replies.bulk(reply, value);
      } else {
        reply.nullBulk();
      }
    }
  }

  private static void getAll(Invocation in) {
    ReplyWriter reply = in.reply();
    HashView hash = HashView.find(in.db(), in.args().get(1));
    if (hash == null) {
      reply.map(0);
      return;
    }
    reply.map(Replies.size(hash.size(), 2) / 2);
    try (FieldWalk walk = hash.walk()) {
      while (walk.next()) {
        Replies.bulk(reply, walk.name());
        Replies.bulk(reply, walk.value());
      }
    }
  }

  private static void fields(Invocation in) {
    ReplyWriter reply = in.reply();
    HashView hash = HashView.find(in.db(), in.args().get(1));
    reply.array(hash == null ? 0 : Replies.size(hash.size(), 1));
    if (hash != null) {
      try (FieldWalk walk = hash.walk()) {
        while (walk.next()) {
          Replies.bulk(reply, walk.name());
        }
      }
    }
  }

  private static void values(Invocation in) {
    ReplyWriter reply = in.reply();
    HashView hash = HashView.find(in.db(), in.args().get(1));
    reply.array(hash == null ? 0 : Replies.size(hash.size(), 1));
    if (hash != null) {
      try (FieldWalk walk = hash.walk()) {
        while (walk.next()) {
          Replies.bulk(reply, walk.value());
        }
      }
    }
  }

  private static void size(Invocation in) {
    HashView hash = HashView.find(in.db(), in.args().get(1));
    in.reply().integer(hash == null ? 0 : hash.size());
  }

  private static void exists(Invocation in) {
    HashView hash = HashView.find(in.db(), in.args().get(1));
    in.reply().integer(hash != null && hash.find(in.args().get(2), new Slice()) ? 1 : 0);
  }

  private static void valueLength(Invocation in) {
    HashView hash = HashView.find(in.db(), in.args().get(1));
    Slice value = new Slice();
    in.reply().integer(hash != null && hash.find(in.args().get(2), value) ? value.length() : 0);
  }

  private static void delete(Invocation in) {
    Arguments args = in.args();
    HashEditor hash = HashEditor.open(in.db(), args.get(1));
    int removed = 0;
    for (int i = 2; i < args.count(); i++) {
      if (hash.remove(args.get(i))) {
        removed++;
      }
    }
    if (removed > 0) {
      finish(in, hash, "hdel");
    }
    in.reply().integer(removed);
  }

  private static void increment(Invocation in) {
    Arguments args = in.args();
    long delta = args.longAt(3);
    HashEditor hash = HashEditor.open(in.db(), args.get(1));
    long sum = HashNumbers.increment(hash, args.get(2), delta);
    finish(in, hash, "hincrby");
    in.reply().integer(sum);
  }

  private static void incrementByFloat(Invocation in) {
    Arguments args = in.args();
    HashNumbers.Increment delta = HashNumbers.Increment.parse(args.get(3));
    HashEditor hash = HashEditor.open(in.db(), args.get(1));
    byte[] sum = HashNumbers.increment(hash, args.get(2), delta);
    finish(in, hash, "hincrbyfloat");
    in.reply().bulk(sum);
  }

  private static void finish(Invocation in, HashEditor hash, String event) {
    in.db().event(KeyEventClass.HASH, event, in.args().get(1));
    hash.finish();
  }

  private static void scan(Invocation in) {
    Arguments args = in.args();
    long cursor = ScanOptions.cursor(args, 2);
    HashView hash = HashView.find(in.db(), args.get(1));
    ScannedElements found = new ScannedElements();
    if (hash != null) {
      ScanOptions options = ScanOptions.ofElements(args);
      try (FieldWalk walk = hash.walk()) {
        cursor =
            walk.scan(
                cursor,
                options.count(),
                () -> {
                  if (options.accepts(walk.name())) {
                    found.add(walk.name());
                    found.add(walk.value());
                  }
                });
      }
      found.reply(in.reply(), cursor);
    } else {
      found.reply(in.reply(), 0);
    }
  }
}
