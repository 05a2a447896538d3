package io.varve.server.command;

import java.util.Map;
import java.util.Set;

/// Whether a command reads or changes a key, as rules like `%R~` tell apart.
///
/// Reading is returning what a key holds, or something that depends on it; a change that does not tell
/// of the old value is no reading. What the flags of a command do not say stands in the sets here.
enum KeyAccess {
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
          "hmset",
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
          "bitop",
          "pfmerge");

  /// What is done with the first key; the second is written.
  private static final Map<String, KeyAccess> MOVE =
      Map.of(
          "blmove", READ_WRITE,
          "brpoplpush", READ_WRITE,
          "copy", READ,
          "lmove", READ_WRITE,
          "rename", READ_WRITE,
          "renamenx", READ_WRITE,
          "rpoplpush", READ_WRITE,
          "smove", READ_WRITE,
          "sort", READ,
          "georadius", READ);

  /// @param ordinal the first key of the request is 0
  /// @param name index of the command's name among the arguments
  static KeyAccess of(Command command, int ordinal, Arguments args, int name) {
    if (!command.is(CommandFlag.WRITE)) {
      return READ;
    }
    String known = command.name();
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
    return ONLY_CHANGE.contains(known) ? WRITE : READ_WRITE;
  }

  boolean reads() {
    return this != WRITE;
  }

  boolean writes() {
    return this != READ;
  }
}
