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
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.HashEditor;
import io.varve.server.types.HashView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands on the expiry of fields of hashes, which Redis has since 7.4. Stateless.
public final class FieldExpiryCommands {

  // Replies for a field.
  private static final int NO_FIELD = -2;
  private static final int NO_EXPIRY = -1;
  private static final int CONDITION_NOT_MET = 0;
  private static final int DONE = 1;
  private static final int DELETED = 2;

  /// No field may expire later: milliseconds since the epoch.
  private static final long EXPIRY_MAX = (1L << 46) - 1;

  private FieldExpiryCommands() {}

  public static List<Command> table() {
    return List.of(
        setter("hexpire", in -> expire(in, in.nowMillis(), true))
            .summary("Sets the expiry of fields in seconds from now.")
            .build(),
        setter("hpexpire", in -> expire(in, in.nowMillis(), false))
            .summary("Sets the expiry of fields in milliseconds from now.")
            .build(),
        setter("hexpireat", in -> expire(in, 0, true))
            .summary("Sets the expiry of fields as a time in seconds.")
            .build(),
        setter("hpexpireat", in -> expire(in, 0, false))
            .summary("Sets the expiry of fields as a time in milliseconds.")
            .build(),
        define("hpersist", -5, FieldExpiryCommands::persist, WRITE, FAST)
            .summary("Removes the expiry of fields.")
            .build(),
        define("httl", -5, in -> tell(in, in.nowMillis(), true), READONLY, FAST)
            .summary("Returns how many seconds fields have left.")
            .build(),
        define("hpttl", -5, in -> tell(in, in.nowMillis(), false), READONLY, FAST)
            .summary("Returns how many milliseconds fields have left.")
            .build(),
        define("hexpiretime", -5, in -> tell(in, 0, true), READONLY, FAST)
            .summary("Returns when fields expire, in seconds since the epoch.")
            .build(),
        define("hpexpiretime", -5, in -> tell(in, 0, false), READONLY, FAST)
            .summary("Returns when fields expire, in milliseconds since the epoch.")
            .build());
  }

  private static Command.Builder setter(String name, Handler handler) {
    return define(name, -6, handler, WRITE, DENYOOM, FAST);
  }

  private static Command.Builder define(
      String name, int arity, Handler handler, CommandFlag... flags) {
    return Command.define(name, arity, handler)
        .flags(flags)
        .keys(KeySpec.FIRST)
        .categories(AclCategory.HASH)
        .group("hash")
        .since("7.4.0")
        .complexity("O(N) with the number of fields given");
  }

  private static void expire(Invocation in, long baseMillis, boolean inSeconds) {
    Arguments args = in.args();
    HashEditor hash = HashEditor.open(in.db(), args.get(1));
    long expiry = expiryMillis(in, baseMillis, inSeconds);
    Condition condition = Condition.find(args, 3);
    int from =
        fields(
            args, condition == null ? 3 : 4, "ERR Parameter `numFields` should be greater than 0");
    in.reply().array(args.count() - from);
    int updated = 0;
    int deleted = 0;
    for (int i = from; i < args.count(); i++) {
      int outcome = expire(hash, args.get(i), expiry, condition, in.nowMillis());
      in.reply().integer(outcome);
      updated += outcome == DONE ? 1 : 0;
      deleted += outcome == DELETED ? 1 : 0;
    }
    if (updated > 0) {
      in.db().event(KeyEventClass.HASH, "hexpire", args.get(1));
    }
    if (deleted > 0) {
      in.db().event(KeyEventClass.HASH, "hdel", args.get(1));
    }
    hash.finish();
  }

  private static int expire(
      HashEditor hash, Slice field, long expiry, @Nullable Condition condition, long nowMillis) {
    if (!hash.find(field, new Slice())) {
      return NO_FIELD;
    }
    if (condition != null && !condition.allows(hash.expiryMillis(), expiry)) {
      return CONDITION_NOT_MET;
    }
    if (expiry <= nowMillis) {
      hash.remove(field);
      return DELETED;
    }
    hash.setExpiry(field, expiry);
    return DONE;
  }

  private static long expiryMillis(Invocation in, long baseMillis, boolean inSeconds) {
    long value = in.args().longAt(2);
    if (value < 0) {
      throw new CommandException("ERR invalid expire time, must be >= 0");
    }
    if (inSeconds) {
      if (value > EXPIRY_MAX / 1000) {
        throw Errors.invalidExpire(in.command().fullName());
      }
      value *= 1000;
    }
    if (value > EXPIRY_MAX - baseMillis) {
      throw Errors.invalidExpire(in.command().fullName());
    }
    return value + baseMillis;
  }

  private static void persist(Invocation in) {
    Arguments args = in.args();
    HashEditor hash = HashEditor.open(in.db(), args.get(1));
    int from = fields(args, 2, "ERR Number of fields must be a positive integer");
    in.reply().array(args.count() - from);
    int persisted = 0;
    for (int i = from; i < args.count(); i++) {
      Slice field = args.get(i);
      if (!hash.find(field, new Slice())) {
        in.reply().integer(NO_FIELD);
      } else if (hash.expiryMillis() == KeyEntry.NO_EXPIRY) {
        in.reply().integer(NO_EXPIRY);
      } else {
        hash.setExpiry(field, KeyEntry.NO_EXPIRY);
        in.reply().integer(DONE);
        persisted++;
      }
    }
    if (persisted > 0) {
      in.db().event(KeyEventClass.HASH, "hpersist", args.get(1));
    }
    hash.finish();
  }

  private static void tell(Invocation in, long baseMillis, boolean inSeconds) {
    Arguments args = in.args();
    ReplyWriter reply = in.reply();
    HashView hash = HashView.find(in.db(), args.get(1));
    int from = fields(args, 2, "ERR Number of fields must be a positive integer");
    reply.array(args.count() - from);
    for (int i = from; i < args.count(); i++) {
      long expiry = hash == null ? HashView.MISSING : hash.expiryMillis(args.get(i));
      if (expiry == HashView.MISSING) {
        reply.integer(NO_FIELD);
      } else if (expiry == KeyEntry.NO_EXPIRY) {
        reply.integer(NO_EXPIRY);
      } else {
        long millis = expiry - baseMillis;
        reply.integer(inSeconds ? (millis + 999) / 1000 : millis);
      }
    }
  }

  /// `FIELDS number field ...`, which must be all that is left. Returns the index of the first field.
  private static int fields(Arguments args, int index, String notPositive) {
    if (!args.is(index, "FIELDS")) {
      throw new CommandException(
          "ERR Mandatory argument FIELDS is missing or not at the right position");
    }
    CommandException refusal = new CommandException(notPositive);
    if (index + 1 == args.count()) {
      throw refusal;
    }
    long count = args.longAt(index + 1, refusal);
    if (count < 1) {
      throw refusal;
    }
    if (count != args.count() - index - 2) {
      throw new CommandException(
          "ERR The `numfields` parameter must match the number of arguments");
    }
    return index + 2;
  }

  /// `NX`, `XX`, `GT` or `LT`: what of the expiry there is lets another take its place. None counts as
  /// later than all others.
  private enum Condition {
    NX,
    XX,
    GT,
    LT;

    private static @Nullable Condition find(Arguments args, int index) {
      for (Condition condition : values()) {
        if (args.is(index, condition.name())) {
          return condition;
        }
      }
      return null;
    }

    private boolean allows(long before, long now) {
      boolean none = before == KeyEntry.NO_EXPIRY;
      return switch (this) {
        case NX -> none;
        case XX -> !none;
        case GT -> !none && now > before;
        case LT -> none || now < before;
      };
    }
  }
}
