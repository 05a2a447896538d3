package io.varve.server.commands;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Gives the same commands on bitmaps, HyperLogLogs and long strings to redis-server and to ours.
@DisplayName("needs redis-server")
class BitDifferenceTest extends BesideRedis {

  private static final int COMMANDS = 6_000;

  @Test
  void randomCommandsAreAnsweredAlike() throws IOException {
    SplittableRandom random = seeded();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      runRandomly(rig, random, COMMANDS, new RandomBitCommands(random)::next);
    }
  }

  @Test
  void mistakesAreAnsweredAlike() throws IOException {
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      for (String line : MISTAKES.lines().toList()) {
        compare(rig, line.strip().split(" ", -1));
      }
    }
  }

  private static final String MISTAKES =
      """
      SETBIT b 0 2
      SETBIT b 0 x
      SETBIT b x 1
      SETBIT b -1 1
      SETBIT b 4294967296 1
      SETBIT b 0
      GETBIT b
      GETBIT b -1
      GETBIT b x
      BITCOUNT
      BITCOUNT b 1
      BITCOUNT b 1 x
      BITCOUNT b 1 2 FOO
      BITCOUNT b 1 2 BIT BIT
      SET s foobar
      BITCOUNT s 1
      BITCOUNT s 0 x
      BITCOUNT s 0 1 FOO
      BITCOUNT s 5 30 BIT
      BITPOS b
      BITPOS b 2
      BITPOS b x
      BITPOS s 1 x
      BITPOS s 1 0 x
      BITPOS s 1 0 1 FOO
      BITPOS s 1 0 1 BIT x
      BITPOS nokey 0
      BITPOS nokey 1
      BITOP AND d
      BITOP NOT d s b
      BITOP NOPE d s
      BITOP NOT d nokey
      BITFIELD s
      BITFIELD s GET
      BITFIELD s GET u8
      BITFIELD s GET u64 0
      BITFIELD s GET i64 0
      BITFIELD s SET u8 0
      BITFIELD s SET u8 0 x
      BITFIELD s SET u8 #x 1
      BITFIELD s SET u8 -1 1
      BITFIELD s OVERFLOW
      BITFIELD s OVERFLOW NOPE
      BITFIELD s OVERFLOW FAIL SET u2 0 5
      BITFIELD nokey OVERFLOW FAIL SET u2 100 5
      STRLEN nokey
      SET t short
      OBJECT ENCODING t
      SETBIT t 0 0
      OBJECT ENCODING t
      SET u short
      BITFIELD u OVERFLOW FAIL SET u2 0 5
      OBJECT ENCODING u
      BITFIELD_RO s SET u8 0 1
      BITFIELD_RO s GET u8 0
      PFADD
      PFADD s a
      PFCOUNT
      PFCOUNT s
      PFMERGE
      PFMERGE s
      PFMERGE d s
      PFADD e
      PFADD e
      PFCOUNT e nokey
      OBJECT ENCODING e
      PFDEBUG ENCODING nokey
      PFDEBUG ENCODING e
      PFDEBUG TODENSE e
      PFDEBUG TODENSE e
      PFDEBUG ENCODING e
      STRLEN e
      PFDEBUG NOPE e
      PFSELFTEST
      """;
}
