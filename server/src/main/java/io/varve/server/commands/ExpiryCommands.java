package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.READONLY;
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
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import java.util.List;

/// Commands on the expiry of keys. Stateless.
public final class ExpiryCommands {

  private static final long MISSING = -2;
  private static final long NEVER = -1;

  private ExpiryCommands() {}

  public static List<Command> table() {
    return List.of(
        define("expire", -3, in -> expire(in, in.nowMillis(), true), "1.0.0", WRITE, FAST)
            .summary("Sets the expiry of a key in seconds from now.")
            .build(),
        define("pexpire", -3, in -> expire(in, in.nowMillis(), false), "2.6.0", WRITE, FAST)
            .summary("Sets the expiry of a key in milliseconds from now.")
            .build(),
        define("expireat", -3, in -> expire(in, 0, true), "1.2.0", WRITE, FAST)
            .summary("Sets the expiry of a key as a time in seconds.")
            .build(),
        define("pexpireat", -3, in -> expire(in, 0, false), "2.6.0", WRITE, FAST)
            .summary("Sets the expiry of a key as a time in milliseconds.")
            .build(),
        define("persist", 2, ExpiryCommands::persist, "2.2.0", WRITE, FAST)
            .summary("Removes the expiry of a key.")
            .build(),
        define("ttl", 2, in -> timeToLive(in, true), "1.0.0", READONLY, FAST)
            .summary("Returns how many seconds a key has left.")
            .build(),
        define("pttl", 2, in -> timeToLive(in, false), "2.6.0", READONLY, FAST)
            .summary("Returns how many milliseconds a key has left.")
            .build(),
        define("expiretime", 2, in -> expiryTime(in, true), "7.0.0", READONLY, FAST)
            .summary("Returns when a key expires, in seconds since the epoch.")
            .build(),
        define("pexpiretime", 2, in -> expiryTime(in, false), "7.0.0", READONLY, FAST)
            .summary("Returns when a key expires, in milliseconds since the epoch.")
            .build());
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.KEYSPACE)
        .group("generic")
        .since(since);
  }

  private static void expire(Invocation in, long baseMillis, boolean inSeconds) {
    Arguments args = in.args();
    Conditions conditions = Conditions.of(args);
    long expiry = expiryMillis(in, baseMillis, inSeconds);
    Database db = in.db();
    Slice key = args.get(1);
    KeyEntry entry = db.findForWrite(key);
    if (entry == null || !conditions.allow(entry, expiry)) {
      in.reply().integer(0);
      return;
    }
    if (expiry <= in.nowMillis()) {
      db.remove(key, entry);
      db.event(KeyEventClass.GENERIC, "del", key);
    } else {
      db.setExpiry(key, entry, expiry);
      db.event(KeyEventClass.GENERIC, "expire", key);
    }
    in.reply().integer(1);
  }

  private static long expiryMillis(Invocation in, long baseMillis, boolean inSeconds) {
    long value = in.args().longAt(2);
    if (inSeconds) {
      if (value > Long.MAX_VALUE / 1000 || value < Long.MIN_VALUE / 1000) {
        throw Errors.invalidExpire(in.command().fullName());
      }
      value *= 1000;
    }
    if (value > Long.MAX_VALUE - baseMillis) {
      throw Errors.invalidExpire(in.command().fullName());
    }
    return value + baseMillis;
  }

  private static void persist(Invocation in) {
    Database db = in.db();
    Slice key = in.args().get(1);
    KeyEntry entry = db.findForWrite(key);
    if (entry == null || !entry.expires()) {
      in.reply().integer(0);
    } else {
      db.setExpiry(key, entry, KeyEntry.NO_EXPIRY);
      db.event(KeyEventClass.GENERIC, "persist", key);
      in.reply().integer(1);
    }
  }

  private static void timeToLive(Invocation in, boolean inSeconds) {
    KeyEntry entry = in.db().find(in.args().get(1));
    if (entry == null || !entry.expires()) {
      in.reply().integer(entry == null ? MISSING : NEVER);
      return;
    }
    long left = Math.max(0, entry.expiryMillis() - in.nowMillis());
    in.reply().integer(inSeconds ? roundedSeconds(left) : left);
  }

  private static void expiryTime(Invocation in, boolean inSeconds) {
    KeyEntry entry = in.db().find(in.args().get(1));
    if (entry == null || !entry.expires()) {
      in.reply().integer(entry == null ? MISSING : NEVER);
      return;
    }
    long expiry = entry.expiryMillis();
    in.reply().integer(inSeconds ? roundedSeconds(expiry) : expiry);
  }

  private static long roundedSeconds(long millis) {
    return millis / 1000 + (millis % 1000 >= 500 ? 1 : 0);
  }

  /// `NX`, `XX`, `GT` and `LT`.
  private record Conditions(
      boolean onlyWithout, boolean onlyWith, boolean onlyLater, boolean onlyEarlier) {

    private static final Conditions NONE = new Conditions(false, false, false, false);

    private static Conditions of(Arguments args) {
      return args.count() == 3 ? NONE : parse(args);
    }

    private static Conditions parse(Arguments args) {
      boolean nx = false;
      boolean xx = false;
      boolean gt = false;
      boolean lt = false;
      for (int i = 3; i < args.count(); i++) {
        if (args.is(i, "NX")) {
          nx = true;
        } else if (args.is(i, "XX")) {
          xx = true;
        } else if (args.is(i, "GT")) {
          gt = true;
        } else if (args.is(i, "LT")) {
          lt = true;
        } else {
          throw new CommandException("ERR Unsupported option " + args.text(i));
        }
      }
      if (nx && (xx || gt || lt)) {
        throw new CommandException(
            "ERR NX and XX, GT or LT options at the same time are not compatible");
      }
      if (gt && lt) {
        throw new CommandException("ERR GT and LT options at the same time are not compatible");
      }
      return new Conditions(nx, xx, gt, lt);
    }

    /// A key without expiry counts as one that expires after all others.
    private boolean allow(KeyEntry entry, long expiry) {
      if (onlyWithout && entry.expires()) {
        return false;
      }
      if (onlyWith && !entry.expires()) {
        return false;
      }
      if (onlyLater && (!entry.expires() || expiry <= entry.expiryMillis())) {
        return false;
      }
      return !onlyEarlier || !entry.expires() || expiry < entry.expiryMillis();
    }
  }
}
