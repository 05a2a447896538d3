package io.varve.server.command;

import java.util.Map;
import java.util.Set;

/// Whether a command reads or changes a key, as rules like `%R~` tell apart.
///
/// Reading is returning what a key holds, or something that depends on it; a change that does not tell
/// of the old value is no reading. What the flags of a command do not say stands in the sets here.
enum KeyAccess {
  /// Only tells of its existence, type or size: whoever may touch the key in any way may know.
  LOOK,
  READ,
  WRITE,
  READ_WRITE;

  private static final Set<String> ONLY_CHANGE =
      Set.of(
          "append",
          "del",
          "expire",
          "expireat",
          "pexpire",
          "pexpireat",
          "persist",
          "geoadd",
          "hdel",
          "hexpire",
          "hexpireat",
          "hmset",
          "hpersist",
          "hpexpire",
          "hpexpireat",
          "hset",
          "hsetnx",
          "linsert",
          "lpush",
          "lpushx",
          "lrem",
          "lset",
          "ltrim",
          "mset",
          "msetnx",
          "pfadd",
          "psetex",
          "restore",
          "rpush",
          "rpushx",
          "sadd",
          "setex",
          "setnx",
          "setrange",
          "srem",
          "unlink",
          "xack",
          "xadd",
          "xdel",
          "xautoclaim",
          "xclaim",
          "xgroup|create",
          "xgroup|createconsumer",
          "xgroup|delconsumer",
          "xgroup|destroy",
          "xgroup|setid",
          "xsetid",
          "xtrim",
          "zadd",
          "zrem",
          "zremrangebylex",
          "zremrangebyrank",
          "zremrangebyscore");

  /// The first key is written, the others are read.
  private static final Set<String> STORE =
      Set.of(
          "geosearchstore",
          "sdiffstore",
          "sinterstore",
          "sunionstore",
          "zdiffstore",
          "zinterstore",
          "zrangestore",
          "zunionstore",
          "bitop");

  private static final Set<String> ONLY_LOOK =
      Set.of(
          "exists",
          "hexists",
          "hlen",
          "hstrlen",
          "llen",
          "memory|usage",
          "object|encoding",
          "object|freq",
          "object|idletime",
          "object|refcount",
          "scard",
          "sismember",
          "strlen",
          "touch",
          "type",
          "watch",
          "xlen",
          "zcard");

  /// Scripts may do anything with their keys.
  private static final Set<String> SCRIPTS = Set.of("eval", "evalsha", "fcall");

  /// What is done with the first key; the second is written.
  private static final Map<String, KeyAccess> MOVE =
      Map.ofEntries(
          Map.entry("blmove", READ_WRITE),
          Map.entry("brpoplpush", READ_WRITE),
          Map.entry("copy", READ),
          Map.entry("lmove", READ_WRITE),
          Map.entry("rename", READ_WRITE),
          Map.entry("renamenx", READ_WRITE),
          Map.entry("rpoplpush", READ_WRITE),
          Map.entry("smove", READ_WRITE),
          Map.entry("sort", READ),
          Map.entry("georadius", READ),
          Map.entry("georadiusbymember", READ));

  /// @param ordinal the first key of the request is 0
  /// @param name index of the command's name among the arguments
  static KeyAccess of(Command command, int ordinal, Arguments args, int name) {
    String known = command.fullName();
    if (!command.is(CommandFlag.WRITE)) {
      return ONLY_LOOK.contains(known) ? LOOK : SCRIPTS.contains(known) ? READ_WRITE : READ;
    }
    if (known.equals("xreadgroup")) {
      return READ;
    }
    if (known.equals("pfmerge")) {
      return ordinal == 0 ? READ_WRITE : READ;
    }
    KeyAccess moved = MOVE.get(known);
    if (moved != null) {
      return ordinal == 0 ? moved : WRITE;
    }
    if (STORE.contains(known)) {
      return ordinal == 0 ? WRITE : READ;
    }
    if (known.equals("set")) {
      for (int i = name + 3; i < args.count(); i++) {
        if (args.is(i, "GET")) {
          return READ_WRITE;
        }
      }
      return WRITE;
    }
    if (known.equals("bitfield")) {
      return onlyGets(args, name) ? READ : READ_WRITE;
    }
    return ONLY_CHANGE.contains(known) ? WRITE : READ_WRITE;
  }

  private static boolean onlyGets(Arguments args, int name) {
    for (int i = name + 2; i < args.count(); i++) {
      if (args.is(i, "SET") || args.is(i, "INCRBY")) {
        return false;
      }
    }
    return true;
  }

  boolean reads() {
    return this == READ || this == READ_WRITE;
  }

  boolean writes() {
    return this == WRITE || this == READ_WRITE;
  }
}
