package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.MAY_REPLICATE;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.HyperLogLog;
import io.varve.server.types.Strings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands on HyperLogLogs, which are strings with a header of their own. Stateless.
public final class HyperLogLogCommands {

  /// Most bytes of a sparse value in the self test.
  private static final int TESTED_SPARSE_BYTES_MAX = 3000;

  /// More is not sparse: a dense value has less.
  private static final long SPARSE_BYTES_LIMIT = 16_000;

  private HyperLogLogCommands() {}

  public static List<Command> table() {
    return List.of(
        define("pfadd", -2, HyperLogLogCommands::add, WRITE, DENYOOM, FAST)
            .complexity("O(1) for each element")
            .summary("Adds elements to a HyperLogLog.")
            .build(),
        define("pfcount", -2, HyperLogLogCommands::count, READONLY, MAY_REPLICATE)
            .keys(KeySpec.ALL)
            .complexity("O(N) with the number of keys")
            .summary(
                "Estimates how many different elements one HyperLogLog, or several, have seen.")
            .build(),
        define("pfmerge", -2, HyperLogLogCommands::merge, WRITE, DENYOOM)
            .keys(KeySpec.ALL)
            .complexity("O(N) with the number of keys")
            .summary("Merges HyperLogLogs into one.")
            .build(),
        define("pfdebug", -3, HyperLogLogCommands::debug, WRITE, DENYOOM, ADMIN)
            .keys(new KeySpec(2, 2, 1))
            .summary("Shows the registers or the encoding of a HyperLogLog.")
            .build(),
        define("pfselftest", 1, HyperLogLogCommands::selfTest, ADMIN)
            .keys(KeySpec.NONE)
            .summary("Checks the encodings and the estimates of HyperLogLogs.")
            .build());
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.HYPERLOGLOG)
        .group("hyperloglog")
        .since("2.8.9");
  }

  private static void add(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    Slice key = args.get(1);
    KeyEntry old = Strings.findForWrite(db, key);
    HyperLogLog sketch = old == null ? HyperLogLog.empty() : decode(db, old);
    boolean changed = old == null;
    for (int i = 2; i < args.count(); i++) {
      changed |= sketch.add(args.get(i));
    }
    if (changed) {
      store(db, key, old, sketch);
    }
    in.reply().integer(changed ? 1 : 0);
  }

  private static void count(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    if (args.count() == 2) {
      KeyEntry entry = Strings.find(db, args.get(1));
      in.reply().integer(entry == null ? 0 : count(db, entry));
      return;
    }
    HyperLogLog all = HyperLogLog.empty();
    for (int i = 1; i < args.count(); i++) {
      KeyEntry entry = Strings.find(db, args.get(i));
      if (entry != null) {
        all.merge(decode(db, entry));
      }
    }
    in.reply().integer(all.count());
  }

  private static long count(Database db, KeyEntry entry) {
    Slice value = Strings.bytes(db, entry);
    HyperLogLog.requireValid(value);
    long cached = HyperLogLog.cachedCount(value);
    return cached >= 0 ? cached : HyperLogLog.decode(value).count();
  }

  private static void merge(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    HyperLogLog all = HyperLogLog.empty();
    for (int i = 1; i < args.count(); i++) {
      KeyEntry entry = Strings.find(db, args.get(i));
      if (entry != null) {
        HyperLogLog part = decode(db, entry);
        all.merge(part);
        if (part.isDense()) {
          all.toDense();
        }
      }
    }
    Slice target = args.get(1);
    store(db, target, Strings.findForWrite(db, target), all);
    in.reply().ok();
  }

  private static void debug(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    Slice key = args.get(2);
    KeyEntry entry = Strings.findForWrite(db, key);
    if (entry == null) {
      throw new CommandException("ERR The specified key does not exist");
    }
    HyperLogLog sketch = decode(db, entry);
    ReplyWriter reply = in.reply();
    if (args.is(1, "GETREG")) {
      if (!sketch.isDense()) {
        // Redis does, too.
        sketch.toDense();
        store(db, key, entry, sketch);
      }
      reply.array(HyperLogLog.REGISTERS);
      for (int i = 0; i < HyperLogLog.REGISTERS; i++) {
        reply.integer(sketch.register(i));
      }
    } else if (args.is(1, "ENCODING")) {
      reply.simpleString(sketch.isDense() ? "dense" : "sparse");
    } else if (args.is(1, "TODENSE")) {
      boolean changes = !sketch.isDense();
      if (changes) {
        sketch.toDense();
        store(db, key, entry, sketch);
      }
      reply.integer(changes ? 1 : 0);
    } else {
      throw new CommandException("ERR Unknown PFDEBUG subcommand '" + args.text(1) + "'");
    }
  }

  /// Adds numbers and compares estimates with the truth, sparse and dense, and what both encodings give
  /// back with what was put in.
  private static void selfTest(Invocation in) {
    HyperLogLog sketch = HyperLogLog.empty();
    int elements = 0;
    for (int checkpoint : new int[] {1, 10, 100, 1_000, 10_000, 100_000}) {
      for (; elements < checkpoint; elements++) {
        sketch.add(Slice.of("element:" + elements));
      }
      double error = Math.abs(sketch.count() - checkpoint) / (double) checkpoint;
      HyperLogLog again = HyperLogLog.decode(Slice.of(sketch.encode(TESTED_SPARSE_BYTES_MAX)));
      if (error > 0.05 || !again.equals(sketch)) {
        throw new CommandException("ERR HyperLogLog self test failed at " + checkpoint);
      }
    }
    in.reply().ok();
  }

  private static HyperLogLog decode(Database db, KeyEntry entry) {
    return HyperLogLog.decode(Strings.bytes(db, entry));
  }

  private static void store(Database db, Slice key, @Nullable KeyEntry old, HyperLogLog sketch) {
    long sparseBytesMax = Math.min(db.access().keyspace().sparseBytesMax(), SPARSE_BYTES_LIMIT);
    Strings.setComputed(db, key, old, Slice.of(sketch.encode((int) sparseBytesMax)));
    db.event(KeyEventClass.STRING, "pfadd", key);
  }
}
