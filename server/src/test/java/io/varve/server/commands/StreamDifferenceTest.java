package io.varve.server.commands;

import io.varve.protocol.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Gives the same commands on streams to redis-server and to ours. Not compared: times, what Redis 7.2
/// added to what 7.0 says of consumers, and how many nodes the tree has that we have not.
@DisplayName("needs redis-server")
class StreamDifferenceTest extends BesideRedis {

  private static final int COMMANDS = 20_000;

  private static final Set<String> DIFFER =
      Set.of("radix-tree-keys", "radix-tree-nodes", "idle", "seen-time");

  private static final Set<String> NEW = Set.of("inactive", "active-time");

  /// Numbers beyond are times of the clock, or times since a moment that was named.
  private static final long NUMBERS_MAX = 1_000_000_000;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void randomCommandsAreAnsweredAlike(int protocol) throws IOException {
    SplittableRandom random = seeded();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      speak(rig, protocol);
      runRandomly(rig, random, COMMANDS, new RandomStreamCommands(random)::next);
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
      XADD s 1-1 f
      XADD s *
      XADD s 1-1 f v g
      XADD s 0-0 f v
      XADD s 0 f v
      XADD s 0-* f v
      XADD s 0-* f v
      XADD s 5-* f v
      XADD s 5-* f v
      XADD s 4-* f v
      XADD s 5-1 f v
      XADD s 5-1-1 f v
      XADD s -5-1 f v
      XADD s 5--1 f v
      XADD s +6-+1 f v
      XADD s *-1 f v
      XADD s 18446744073709551616-1 f v
      XADD s (7-1 f v
      XADD s - f v
      XADD s + f v
      XADD s MAXLEN f v w
      XADD s MAXLEN 10 f v
      XADD s MAXLEN -1 7-1 f v
      XADD s MAXLEN x 7-1 f v
      XADD s MAXLEN = x 7-1 f v
      XADD s MAXLEN ~ x 7-1 f v
      XADD s MAXLEN 10 MINID 5 7-1 f v
      XADD s MINID x 7-1 f v
      XADD s MINID - 7-1 f v
      XADD s LIMIT 5 7-1 f v
      XADD s LIMIT 0 7-1 f v
      XADD s MAXLEN 10 LIMIT 5 8-1 f v
      XADD s MAXLEN = 10 LIMIT 5 8-1 f v
      XADD s MAXLEN ~ 10 LIMIT -5 8-1 f v
      XADD s MAXLEN ~ 10 LIMIT x 8-1 f v
      XADD s MAXLEN ~ 10 LIMIT 5 8-1 f v
      XADD s NOMKSTREAM MAXLEN ~ 10 LIMIT 5 9-1 f v
      XADD none NOMKSTREAM 9-1 f v
      XADD none NOMKSTREAM 0-0 f v
      EXISTS none
      XADD s 18446744073709551615-18446744073709551614 f v
      XADD s 18446744073709551615-* f v
      XADD s 18446744073709551615-* f v
      XADD s * f v
      XADD s 1-1 f v
      XINFO STREAM s
      XRANGE s - (18446744073709551615-18446744073709551615
      XRANGE s (18446744073709551615-18446744073709551615 +
      XRANGE s - (0-0
      XRANGE s (- +
      XRANGE s ( +
      XRANGE s x +
      XRANGE s - x
      XRANGE s -
      XRANGE s - + COUNT
      XRANGE s - + COUNT x
      XRANGE s - + COUNT 0
      XRANGE s - + COUNT -1
      XRANGE s - + COUNT 1 COUNT 2
      XRANGE s - + FOO 1
      XRANGE s - + COUNT 1 FOO
      XRANGE none - + COUNT 0
      XREVRANGE s + -
      XREVRANGE s 5 5
      XREVRANGE none + -
      XDEL s
      XDEL s x
      XDEL none x
      XDEL s 5-0 x
      XTRIM s
      XTRIM s MAXLEN
      XTRIM s MAXLEN x
      XTRIM s MAXLEN -1
      XTRIM s MAXLEN 1 FOO
      XTRIM s MAXLEN 1 MAXLEN 2
      XTRIM s FOO 1
      XTRIM s LIMIT 1
      XTRIM s LIMIT 0
      XTRIM s MINID x
      XTRIM s MAXLEN = 10 LIMIT 10
      XTRIM none MAXLEN 1
      XSETID none 1-1
      XSETID s x
      XSETID s 1-1
      XSETID s 1-1 FOO
      XSETID s 1-1 ENTRIESADDED
      XSETID s 1-1 ENTRIESADDED x
      XSETID s 1-1 ENTRIESADDED -1
      XSETID s 1-1 MAXDELETEDID 2-1
      XSETID s 18446744073709551615-18446744073709551615 ENTRIESADDED 1
      XSETID s - ENTRIESADDED 1
      XREAD s
      XREAD STREAMS s
      XREAD STREAMS s >
      XREAD STREAMS s x
      XREAD STREAMS s -
      XREAD COUNT x STREAMS s 0
      XREAD COUNT -5 STREAMS s 0
      XREAD BLOCK x STREAMS s 0
      XREAD BLOCK -1 STREAMS s 0
      XREAD BLOCK 1.5 STREAMS s 0
      XREAD NOACK STREAMS s 0
      XREAD GROUP g c STREAMS s 0
      XREAD COUNT 1 FOO s 0
      XREAD COUNT 1 BLOCK 10
      XREAD STREAMS none 0
      XREAD STREAMS s $
      XREAD STREAMS s 18446744073709551615-18446744073709551615
      XREAD BLOCK 0 STREAMS s 0
      XREADGROUP GROUP g c STREAMS s >
      XREADGROUP COUNT 1 NOACK NOACK STREAMS s >
      XREADGROUP GROUP g c BLOCK 1 STREAMS none >
      XGROUP
      XGROUP FOO
      XGROUP CREATE
      XGROUP CREATE s g
      XGROUP CREATE s g x
      XGROUP CREATE s g $ FOO
      XGROUP create s g $ ENTRIESREAD
      XGROUP CREATE s g $ ENTRIESREAD x
      XGROUP CREATE s g $ ENTRIESREAD -2
      XGROUP CREATE s g $ ENTRIESREAD 1 ENTRIESREAD 1
      XGROUP CREATE none g $
      XGROUP CREATE none g x MKSTREAM
      EXISTS none
      XGROUP CREATE s g 0
      XGROUP CREATE s g 0
      XGROUP CREATE s g 0 MKSTREAM
      XGROUP SETID none g 0
      XGROUP SETID s nobody 0
      XGROUP SETID s g x
      XGROUP SETID s g 0 MKSTREAM
      XGROUP SETID s g 0 ENTRIESREAD
      XGROUP SETID s g 0 ENTRIESREAD 1 ENTRIESREAD 2
      XGROUP DESTROY none g
      XGROUP DESTROY s nobody
      XGROUP DESTROY s g x
      XGROUP CREATECONSUMER s nobody c
      XGROUP CREATECONSUMER none nobody c
      XGROUP CREATECONSUMER s g c
      XGROUP CREATECONSUMER s g c
      XGROUP DELCONSUMER s nobody c
      XGROUP DELCONSUMER s g nobody
      XGROUP HELP
      XGROUP HELP x
      XREADGROUP GROUP g c STREAMS s $
      XREADGROUP GROUP g c STREAMS s +
      XREADGROUP GROUP g c COUNT x STREAMS s >
      XREADGROUP GROUP g c COUNT 1 STREAMS s none > >
      XREADGROUP GROUP g c COUNT 1 STREAMS s s > 0
      XREADGROUP GROUP g c COUNT 1 STREAMS s s > >
      XACK s g
      XACK s g x
      XACK s nobody x
      XACK none g x
      XPENDING s
      XPENDING s nobody
      XPENDING none g
      XPENDING s g -
      XPENDING s g - +
      XPENDING s g - + x
      XPENDING s g - + -1
      XPENDING s g x + 1
      XPENDING s g (18446744073709551615-18446744073709551615 + 1
      XPENDING s g - (0 1
      XPENDING s g - (0-0 1
      XPENDING s g IDLE 1 - +
      XPENDING s g IDLE x - + 1
      XPENDING s g IDLE 0 - + 1 nobody
      XPENDING s g - + 10 c x
      XPENDING s g - + 10 c x y z
      XCLAIM s g c 0
      XCLAIM s g c x 1-1
      XCLAIM s nobody c 0 1-1
      XCLAIM none g c 0 1-1
      XCLAIM s g c 0 1-1 x
      XCLAIM s g c 0 FORCE
      XCLAIM s g c 0 1-1 IDLE
      XCLAIM s g c 0 1-1 IDLE x
      XCLAIM s g c 0 1-1 TIME x
      XCLAIM s g c 0 1-1 RETRYCOUNT x
      XCLAIM s g c 0 1-1 LASTID x
      XAUTOCLAIM s g c x 0
      XAUTOCLAIM s g c 0 x
      XAUTOCLAIM s g c 0 (18446744073709551615-18446744073709551615
      XAUTOCLAIM s g c 0 0 COUNT
      XAUTOCLAIM s g c 0 0 COUNT 0
      XAUTOCLAIM s g c 0 0 COUNT x
      XAUTOCLAIM s g c 0 0 COUNT 9223372036854775807
      XAUTOCLAIM s g c 0 0 FOO
      XAUTOCLAIM s nobody c 0 0
      XAUTOCLAIM none g c 0 0
      XINFO
      XINFO FOO s
      XINFO STREAM
      XINFO STREAM none
      XINFO STREAM s FOO
      XINFO STREAM s FULL COUNT
      XINFO STREAM s FULL FOO 1
      XINFO STREAM s FULL COUNT x
      XINFO STREAM s FULL COUNT -1
      XINFO STREAM s FULL COUNT 0
      XINFO GROUPS none
      XINFO GROUPS s x
      XINFO CONSUMERS none g
      XINFO CONSUMERS s nobody
      XINFO CONSUMERS s
      XINFO HELP
      XINFO HELP x
      SET string 1
      XADD string 1-1 f v
      XADD string 0-0 f v
      XLEN string
      XRANGE string - +
      XRANGE string x +
      XDEL string 1
      XDEL string x
      XTRIM string MAXLEN 1
      XSETID string 1-1
      XREAD STREAMS string 0
      XREAD STREAMS string s 0 x
      XREADGROUP GROUP g c STREAMS string >
      XGROUP CREATE string g $
      XGROUP CREATE string g $ MKSTREAM
      XGROUP DESTROY string g
      XACK string g 1-1
      XPENDING string g
      XCLAIM string g c 0 1-1
      XCLAIM string g c x 1-1
      XAUTOCLAIM string g c 0 0
      XINFO STREAM string
      XINFO STREAM string FOO
      XINFO GROUPS string
      OBJECT ENCODING s
      TYPE s
      """;

  @Override
  Reply comparable(Reply reply, String... command) {
    return switch (reply) {
      case Reply.Array(List<Reply> elements) -> new Reply.Array(settled(elements));
      case Reply.Map(List<Reply> elements) -> new Reply.Map(settled(elements));
      case Reply.Int(long number) -> new Reply.Int(Math.min(number, NUMBERS_MAX));
      default -> reply;
    };
  }

  private List<Reply> settled(List<Reply> elements) {
    List<Reply> settled = new ArrayList<>();
    boolean pending =
        elements.size() == 4
            && elements.get(1) instanceof Reply.Bulk
            && elements.get(2) instanceof Reply.Int
            && elements.get(3) instanceof Reply.Int;
    for (int i = 0; i < elements.size(); i++) {
      String name = elements.get(i) instanceof Reply.Bulk bulk ? bulk.text() : "";
      if (NEW.contains(name)) {
        i++;
      } else if (DIFFER.contains(name)) {
        i++;
        settled.add(Reply.Bulk.of(name));
      } else {
        settled.add(pending && i == 2 ? new Reply.Null() : comparable(elements.get(i)));
      }
    }
    return settled;
  }
}
