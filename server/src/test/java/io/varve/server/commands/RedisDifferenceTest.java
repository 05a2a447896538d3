package io.varve.server.commands;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Gives the same commands on strings and keys to redis-server and to ours.
@DisplayName("needs redis-server")
class RedisDifferenceTest extends BesideRedis {

  private static final int COMMANDS = 20_000;

  @Test
  void randomCommandsAreAnsweredAlike() throws IOException {
    runRandomly(seeded(), 2);
  }

  @Test
  void randomCommandsAreAnsweredAlikeInTheNewProtocol() throws IOException {
    runRandomly(seeded(), 3);
  }

  @Test
  void mistakesAreAnsweredAlike() throws IOException {
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      for (String line : MISTAKES.lines().toList()) {
        String[] command = line.strip().split(" ", -1);
        compare(rig, command);
      }
    }
  }

  private static final String MISTAKES =
      """
      GET
      GET a b
      SET a
      SET a 1 EX
      SET a 1 EX 0
      SET a 1 EX -1
      SET a 1 EX x
      SET a 1 EX 9223372036854775807
      SET a 1 PX 9223372036854775807
      SET a 1 PXAT 0
      SET a 1 NX XX
      SET a 1 XX NX
      SET a 1 EX 10 PX 10
      SET a 1 KEEPTTL EX 10
      SET a 1 EX 10 KEEPTTL
      SET a 1 PERSIST
      SET a 1 FOO
      SET a 1 EX 10 EX 20
      SETEX a 0 v
      SETEX a x v
      SETEX a 9223372036854775807 v
      PSETEX a -1 v
      GETEX nokey EX 0
      GETEX nokey FOO
      SET a 1
      GETEX a EX 0
      GETEX a EX 10 PERSIST
      GETEX a PERSIST PERSIST
      GETEX a KEEPTTL
      MSET a
      MSET a 1 b
      MSETNX a 1 b
      GETRANGE a x 1
      GETRANGE a 0 y
      SETRANGE a -1 x
      SETRANGE a x x
      SETRANGE a 536870912 x
      SETRANGE a 9223372036854775807 x
      SETRANGE nokey 536870912 x
      SET s abc
      INCR s
      INCRBY a x
      INCRBY a 9223372036854775808
      INCRBY a 9223372036854775807
      DECRBY a -9223372036854775808
      SET m -9223372036854775808
      DECR m
      INCRBYFLOAT s 1
      INCRBYFLOAT a x
      INCRBYFLOAT a inf
      INCRBYFLOAT a -inf
      INCRBYFLOAT a nan
      INCRBYFLOAT a 1e5000
      INCRBYFLOAT a 1e4932
      LCS a
      LCS a s LEN IDX
      LCS a s FOO
      LCS a s MINMATCHLEN
      LCS a s MINMATCHLEN x
      RENAME nokey b
      RENAMENX nokey b
      RENAME nokey nokey
      RENAME a a
      RENAMENX a a
      COPY a a
      COPY a b DB
      COPY a b DB x
      COPY a b DB 16
      COPY a b DB 99999999999
      COPY a b FOO
      MOVE a 0
      MOVE a x
      MOVE a 16
      MOVE a -1
      MOVE a 99999999999
      SWAPDB a 0
      SWAPDB 0 b
      SWAPDB 0 16
      SWAPDB 99999999999 0
      FLUSHDB FOO
      FLUSHALL SYNC ASYNC
      EXPIRE a
      EXPIRE a x
      EXPIRE a 9223372036854775807
      EXPIRE a -9223372036854775808
      PEXPIRE a 9223372036854775807
      EXPIREAT a 9223372036854775807
      EXPIRE a 10 NX XX
      EXPIRE a 10 NX GT
      EXPIRE a 10 GT LT
      EXPIRE a 10 FOO
      EXPIRE nokey 10 FOO
      SCAN
      SCAN x
      SCAN 0 COUNT 0
      SCAN 0 COUNT x
      SCAN 0 COUNT
      SCAN 0 FOO 1
      SCAN 0 TYPE foo
      OBJECT
      OBJECT FOO
      OBJECT ENCODING
      OBJECT ENCODING nokey
      OBJECT FREQ nokey
      OBJECT FREQ a
      OBJECT IDLETIME nokey
      OBJECT REFCOUNT a
      OBJECT REFCOUNT s
      OBJECT HELP
      SELECT 16
      SELECT x
      TYPE nokey
      TTL nokey
      PTTL nokey
      EXPIRETIME nokey
      PERSIST nokey
      """;

  private void runRandomly(SplittableRandom random, int protocol) throws IOException {
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      speak(rig, protocol);
      runRandomly(rig, random, COMMANDS, new RandomCommands(random)::next);
    }
  }
}
