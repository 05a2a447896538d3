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
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.ValueType;
import io.varve.server.types.LongDouble;
import io.varve.server.types.Strings;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands on strings. Stateless.
public final class StringCommands {

  private StringCommands() {}

  public static List<Command> table() {
    return List.of(
        define("get", 2, StringCommands::get, "1.0.0", READONLY, FAST)
            .summary("Returns the string of a key.")
            .build(),
        define("set", -3, StringCommands::set, "1.0.0", WRITE, DENYOOM)
            .summary("Sets the string of a key, whatever it held, with expiry and conditions.")
            .build(),
        define("setnx", 3, StringCommands::setIfMissing, "1.0.0", WRITE, DENYOOM, FAST)
            .summary("Sets the string of a key that does not exist.")
            .build(),
        define("setex", 4, StringCommands::setWithSeconds, "2.0.0", WRITE, DENYOOM)
            .summary("Sets the string of a key and its expiry in seconds.")
            .build(),
        define("psetex", 4, StringCommands::setWithMillis, "2.6.0", WRITE, DENYOOM)
            .summary("Sets the string of a key and its expiry in milliseconds.")
            .build(),
        define("getex", -2, StringCommands::getWithExpiry, "6.2.0", WRITE, FAST)
            .summary("Returns the string of a key and sets or removes its expiry.")
            .build(),
        define("getdel", 2, StringCommands::getAndDelete, "6.2.0", WRITE, FAST)
            .summary("Returns the string of a key and deletes the key.")
            .build(),
        define("getset", 3, StringCommands::getAndSet, "1.0.0", WRITE, DENYOOM, FAST)
            .summary("Returns the string of a key and sets another one.")
            .build(),
        define("mget", -2, StringCommands::getMany, "1.0.0", READONLY, FAST)
            .keys(KeySpec.ALL)
            .complexity("O(N) with the number of keys")
            .summary("Returns the strings of several keys.")
            .build(),
        define("mset", -3, StringCommands::setMany, "1.0.1", WRITE, DENYOOM)
            .keys(KeySpec.EVERY_OTHER)
            .complexity("O(N) with the number of keys")
            .summary("Sets the strings of several keys at once.")
            .build(),
        define("msetnx", -3, StringCommands::setManyIfMissing, "1.0.1", WRITE, DENYOOM)
            .keys(KeySpec.EVERY_OTHER)
            .complexity("O(N) with the number of keys")
            .summary("Sets the strings of several keys if none of them exists.")
            .build(),
        define("append", 3, StringCommands::append, "2.0.0", WRITE, DENYOOM, FAST)
            .complexity("O(N) with the length of the string")
            .summary("Appends to the string of a key.")
            .build(),
        define("strlen", 2, StringCommands::length, "2.2.0", READONLY, FAST)
            .summary("Returns the length of the string of a key.")
            .build(),
        define("getrange", 4, StringCommands::getRange, "2.4.0", READONLY)
            .complexity("O(N) with the length of the part")
            .summary("Returns a part of the string of a key.")
            .build(),
        define("substr", 4, StringCommands::getRange, "1.0.0", READONLY)
            .complexity("O(N) with the length of the part")
            .summary("Returns a part of the string of a key: the old name of GETRANGE.")
            .build(),
        define("setrange", 4, StringCommands::setRange, "2.2.0", WRITE, DENYOOM)
            .complexity("O(N) with the length of the string")
            .summary("Overwrites a part of the string of a key.")
            .build(),
        define("incr", 2, in -> increment(in, 1), "1.0.0", WRITE, DENYOOM, FAST)
            .summary("Adds one to the number of a key.")
            .build(),
        define("decr", 2, in -> increment(in, -1), "1.0.0", WRITE, DENYOOM, FAST)
            .summary("Takes one from the number of a key.")
            .build(),
        define("incrby", 3, in -> increment(in, in.args().longAt(2)), "1.0.0", WRITE, DENYOOM, FAST)
            .summary("Adds to the number of a key.")
            .build(),
        define("decrby", 3, StringCommands::decrementBy, "1.0.0", WRITE, DENYOOM, FAST)
            .summary("Takes from the number of a key.")
            .build(),
        define("incrbyfloat", 3, StringCommands::incrementByFloat, "2.6.0", WRITE, DENYOOM, FAST)
            .summary("Adds to the number with a fraction of a key.")
            .build(),
        define("lcs", -3, LcsCommand::execute, "7.0.0", READONLY)
            .keys(KeySpec.FIRST_TWO)
            .complexity("O(N*M) with the lengths of the strings")
            .summary("Finds the longest common subsequence of two strings.")
            .build());
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.STRING)
        .group("string")
        .since(since);
  }

  private static void get(Invocation in) {
    reply(in.reply(), in.db(), Strings.find(in.db(), in.args().get(1)));
  }

  private static void set(Invocation in) {
    Arguments args = in.args();
    if (args.count() == 3) {
      Strings.set(in.db(), args.get(1), args.get(2), KeyEntry.NO_EXPIRY);
      tell(in.db(), "set", args.get(1));
      in.reply().ok();
    } else {
      setWithOptions(in, StringOptions.ofSet(args));
    }
  }

  private static void setWithOptions(Invocation in, StringOptions options) {
    Database db = in.db();
    Slice key = in.args().get(1);
    Slice value = in.args().get(2);
    long expiry = options.expiryMillis(in);
    if (options.isUnconditional()) {
      Strings.set(db, key, value, expiry);
      tellSet(db, key, expiry);
      in.reply().ok();
      return;
    }
    KeyEntry old = options.returnsOld() ? Strings.findForWrite(db, key) : db.findForWrite(key);
    if (options.returnsOld()) {
      reply(in.reply(), db, old);
      tellMiss(db, key, old);
    }
    if (old == null ? options.onlyIfPresent() : options.onlyIfMissing()) {
      if (!options.returnsOld()) {
        in.reply().nullBulk();
      }
      return;
    }
    if (options.keepsExpiry() && old != null) {
      expiry = old.expiryMillis();
    }
    Strings.set(db, key, old, value, expiry);
    tellSet(db, key, options.keepsExpiry() ? KeyEntry.NO_EXPIRY : expiry);
    if (!options.returnsOld()) {
      in.reply().ok();
    }
  }

  private static void setIfMissing(Invocation in) {
    Database db = in.db();
    Slice key = in.args().get(1);
    if (db.findForWrite(key) != null) {
      in.reply().integer(0);
    } else {
      Strings.set(db, key, null, in.args().get(2), KeyEntry.NO_EXPIRY);
      tell(db, "set", key);
      in.reply().integer(1);
    }
  }

  private static void setWithSeconds(Invocation in) {
    setExpiring(in, ExpireTimes.after(in, 2, true));
  }

  private static void setWithMillis(Invocation in) {
    setExpiring(in, ExpireTimes.after(in, 2, false));
  }

  private static void setExpiring(Invocation in, long expiry) {
    Strings.set(in.db(), in.args().get(1), in.args().get(3), expiry);
    tellSet(in.db(), in.args().get(1), expiry);
    in.reply().ok();
  }

  private static void getWithExpiry(Invocation in) {
    Database db = in.db();
    Slice key = in.args().get(1);
    StringOptions options = StringOptions.ofGetEx(in.args());
    KeyEntry entry = Strings.findForWrite(db, key);
    tellMiss(db, key, entry);
    if (entry == null) {
      in.reply().nullBulk();
      return;
    }
    long expiry = options.expiryMillis(in);
    reply(in.reply(), db, entry);
    if (options.isPersist()) {
      if (entry.expires()) {
        db.setExpiry(key, entry, KeyEntry.NO_EXPIRY);
        db.event(KeyEventClass.GENERIC, "persist", key);
      }
    } else if (expiry != KeyEntry.NO_EXPIRY) {
      if (expiry <= in.nowMillis()) {
        db.remove(key, entry);
        db.event(KeyEventClass.GENERIC, "del", key);
      } else {
        db.setExpiry(key, entry, expiry);
        db.event(KeyEventClass.GENERIC, "expire", key);
      }
    }
  }

  private static void getAndDelete(Invocation in) {
    Database db = in.db();
    Slice key = in.args().get(1);
    KeyEntry entry = Strings.findForWrite(db, key);
    reply(in.reply(), db, entry);
    tellMiss(db, key, entry);
    if (entry != null) {
      db.remove(key, entry);
      db.event(KeyEventClass.GENERIC, "del", key);
    }
  }

  private static void getAndSet(Invocation in) {
    Database db = in.db();
    Slice key = in.args().get(1);
    KeyEntry old = Strings.findForWrite(db, key);
    reply(in.reply(), db, old);
    tellMiss(db, key, old);
    Strings.set(db, key, old, in.args().get(2), KeyEntry.NO_EXPIRY);
    tell(db, "set", key);
  }

  private static void getMany(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    ReplyWriter reply = in.reply();
    reply.array(args.count() - 1);
    for (int i = 1; i < args.count(); i++) {
      KeyEntry entry = db.find(args.get(i));
      reply(reply, db, entry != null && entry.type() == ValueType.STRING ? entry : null);
    }
  }

  private static void setMany(Invocation in) {
    requirePairs(in);
    setPairs(in);
    in.reply().ok();
  }

  private static void setManyIfMissing(Invocation in) {
    requirePairs(in);
    Arguments args = in.args();
    Database db = in.db();
    for (int i = 1; i < args.count(); i += 2) {
      if (db.findForWrite(args.get(i)) != null) {
        in.reply().integer(0);
        return;
      }
    }
    setPairs(in);
    in.reply().integer(1);
  }

  private static void requirePairs(Invocation in) {
    if (in.args().count() % 2 == 0) {
      throw Errors.wrongArity(in.command().fullName());
    }
  }

  private static void setPairs(Invocation in) {
    Arguments args = in.args();
    Database db = in.db();
    for (int i = 1; i < args.count(); i += 2) {
      Strings.set(db, args.get(i), args.get(i + 1), KeyEntry.NO_EXPIRY);
      tell(db, "set", args.get(i));
    }
  }

  private static void append(Invocation in) {
    in.reply().integer(Strings.append(in.db(), in.args().get(1), in.args().get(2)));
    tell(in.db(), "append", in.args().get(1));
  }

  private static void length(Invocation in) {
    KeyEntry entry = Strings.find(in.db(), in.args().get(1));
    in.reply().integer(entry == null ? 0 : Strings.length(entry));
  }

  private static void getRange(Invocation in) {
    Arguments args = in.args();
    long start = args.longAt(2);
    long end = args.longAt(3);
    KeyEntry entry = Strings.find(in.db(), args.get(1));
    Slice part = entry == null ? new Slice() : Strings.range(in.db(), entry, start, end);
    in.reply().bulk(part.segment(), part.offset(), part.length());
  }

  private static void setRange(Invocation in) {
    Arguments args = in.args();
    long offset = args.longAt(2);
    if (offset < 0) {
      throw new CommandException("ERR offset is out of range");
    }
    in.reply().integer(Strings.setRange(in.db(), args.get(1), offset, args.get(3)));
    if (args.length(3) > 0) {
      tell(in.db(), "setrange", args.get(1));
    }
  }

  private static void increment(Invocation in, long delta) {
    in.reply().integer(Strings.increment(in.db(), in.args().get(1), delta));
    tell(in.db(), "incrby", in.args().get(1));
  }

  private static void decrementBy(Invocation in) {
    long delta = in.args().longAt(2);
    if (delta == Long.MIN_VALUE) {
      throw new CommandException("ERR decrement would overflow");
    }
    increment(in, -delta);
  }

  private static void incrementByFloat(Invocation in) {
    Database db = in.db();
    Slice key = in.args().get(1);
    // The type of the key is judged before the argument, the number it holds as well.
    KeyEntry entry = Strings.findForWrite(db, key);
    if (entry != null) {
      LongDouble.parse(Strings.bytes(db, entry));
    }
    BigDecimal delta = LongDouble.parse(in.args().get(2));
    in.reply().bulk(Strings.increment(db, key, delta));
    tell(db, "incrbyfloat", key);
  }

  private static void tell(Database db, String event, Slice key) {
    db.event(KeyEventClass.STRING, event, key);
  }

  /// A value was set. If its time has passed before, it is gone again.
  private static void tellSet(Database db, Slice key, long expiry) {
    tell(db, "set", key);
    if (expiry != KeyEntry.NO_EXPIRY) {
      db.event(KeyEventClass.GENERIC, "expire", key);
      if (expiry <= db.nowMillis()) {
        db.event(KeyEventClass.EXPIRED, "expired", key);
      }
    }
  }

  private static void tellMiss(Database db, Slice key, @Nullable KeyEntry found) {
    if (found == null) {
      db.missed(key);
    }
  }

  private static void reply(ReplyWriter reply, Database db, @Nullable KeyEntry entry) {
    if (entry == null) {
      reply.nullBulk();
    } else {
      Slice bytes = Strings.bytes(db, entry);
      reply.bulk(bytes.segment(), bytes.offset(), bytes.length());
    }
  }
}
