package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ASKING;
import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.rdb.RdbReader;
import io.varve.server.rdb.ValueReader;
import io.varve.server.rdb.ValueWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values that leave and come in Redis' own form. Stateless.
public final class DumpCommands {

  private static final int FREQUENCY_MAX = 255;

  private DumpCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define("dump", 2, DumpCommands::dump)
            .flags(READONLY)
            .keys(KeySpec.FIRST)
            .categories(AclCategory.KEYSPACE)
            .since("2.6.0")
            .complexity("O(N) with the size of the value")
            .summary("Returns a value as RESTORE takes it, here and in Redis.")
            .build(),
        restore("restore", DumpCommands::restore, "2.6.0")
            .flags(WRITE, DENYOOM)
            .summary("Stores a value as DUMP has returned it.")
            .build(),
        restore("restore-asking", DumpCommands::restore, "3.0.0")
            .flags(WRITE, DENYOOM, ASKING)
            .summary("As RESTORE, for tools that move the slots of a cluster.")
            .build(),
        MigrateCommand.command());
  }

  private static Command.Builder restore(String name, Handler handler, String since) {
    return Command.define(name, -4, handler)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.KEYSPACE, AclCategory.DANGEROUS)
        .since(since)
        .complexity("O(N) with the size of the value, O(N*log(N)) for a sorted set")
        .differs("IDLETIME and FREQ are checked and dropped: access times are not kept.");
  }

  private static void dump(Invocation in) {
    Database db = in.db();
    Slice key = in.args().get(1);
    KeyEntry entry = new KeyEntry();
    if (!db.find(key, entry)) {
      in.reply().nullBulk();
      return;
    }
    Slice payload = ValueWriter.dump(db, key, entry);
    in.reply().bulk(payload.segment(), payload.offset(), payload.length());
  }

  private static void restore(Invocation in) {
    Arguments args = in.args();
    Options options = Options.parse(args);
    Database db = in.db();
    Slice key = args.get(1);
    KeyEntry old = db.findForWrite(key);
    if (old != null && !options.replace) {
      throw new CommandException("BUSYKEY Target key name already exists.");
    }
    long expiryMillis = expiryMillis(in, options);
    RdbReader payload = RdbReader.open(args.get(3));
    if (old != null) {
      db.remove(key, old);
    }
    if (expiryMillis != KeyEntry.NO_EXPIRY && expiryMillis <= in.nowMillis()) {
      drop(in, payload, old);
      return;
    }
    ValueReader.restore(db, key, payload, expiryMillis);
    db.event(KeyEventClass.GENERIC, "restore", key);
    in.reply().ok();
  }

  /// A value whose time has passed takes the place of an older one all the same.
  private static void drop(Invocation in, RdbReader payload, @Nullable KeyEntry old) {
    // Read all the same: a payload that is no value is an error, whatever becomes of it.
    Slice key = in.args().get(1);
    int mark = in.access().mark();
    ValueReader.restore(in.db(), key, payload, KeyEntry.NO_EXPIRY);
    in.access().rollbackTo(mark);
    if (old != null) {
      in.db().event(KeyEventClass.GENERIC, "del", key);
    }
    in.reply().ok();
  }

  private static long expiryMillis(Invocation in, Options options) {
    long ttl = in.args().longAt(2);
    if (ttl < 0) {
      throw new CommandException("ERR Invalid TTL value, must be >= 0");
    }
    if (ttl == 0) {
      return KeyEntry.NO_EXPIRY;
    }
    if (options.absolute) {
      return ttl;
    }
    // A time beyond all times is the last of them.
    long expiry = ttl + in.nowMillis();
    return expiry < 0 ? Long.MAX_VALUE : expiry;
  }

  /// What stands behind the payload.
  ///
  /// @param absolute whether the time to live is a time since the epoch
  private record Options(boolean replace, boolean absolute) {

    static Options parse(Arguments args) {
      boolean replace = false;
      boolean absolute = false;
      boolean idle = false;
      boolean frequent = false;
      for (int i = 4; i < args.count(); i++) {
        boolean more = i + 1 < args.count();
        if (args.is(i, "REPLACE")) {
          replace = true;
        } else if (args.is(i, "ABSTTL")) {
          absolute = true;
        } else if (args.is(i, "IDLETIME") && more && !frequent) {
          if (args.longAt(++i) < 0) {
            throw new CommandException("ERR Invalid IDLETIME value, must be >= 0");
          }
          idle = true;
        } else if (args.is(i, "FREQ") && more && !idle) {
          long frequency = args.longAt(++i);
          if (frequency < 0 || frequency > FREQUENCY_MAX) {
            throw new CommandException("ERR Invalid FREQ value, must be >= 0 and <= 255");
          }
          frequent = true;
        } else {
          throw Errors.syntax();
        }
      }
      return new Options(replace, absolute);
    }
  }
}
