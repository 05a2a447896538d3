package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.Reply;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Streams on a store whose memtable holds few of their entries.
class StreamStoreTest {

  private static final int ENTRIES = 3000;

  @TempDir Path directory;
  private CommandRig rig;

  @BeforeEach
  void open() {
    rig = new CommandRig(directory);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void entriesGroupsAndPendingEntriesSurviveARestart() {
    fill();
    rig.call("XGROUP", "CREATE", "s", "g", "0");
    rig.call("XREADGROUP", "GROUP", "g", "alice", "COUNT", "1000", "STREAMS", "s", ">");
    rig.call("XREADGROUP", "GROUP", "g", "bob", "COUNT", "500", "STREAMS", "s", ">");
    rig.call("XACK", "s", "g", "1-1", "1-1001");
    rig.flush();
    rig.reopen();
    assertEquals(ENTRIES, rig.call("XLEN", "s").asLong());
    assertEquals(
        "[1498, \"1-2\", \"1-1500\", [[\"alice\", \"999\"], [\"bob\", \"499\"]]]",
        rig.call("XPENDING", "s", "g").toString());
    assertEquals(
        "[[\"s\", [[\"1-1501\", [\"f\", \"1501\"]]]]]",
        rig.call("XREADGROUP", "GROUP", "g", "bob", "COUNT", "1", "STREAMS", "s", ">").toString());
    assertEquals(
        "[[\"s\", [[\"1-1002\", [\"f\", \"1002\"]]]]]",
        rig.call("XREADGROUP", "GROUP", "g", "bob", "COUNT", "1", "STREAMS", "s", "0").toString());
    assertEquals("[[\"1-3000\", [\"f\", \"3000\"]]]", newest());
  }

  @Test
  void trimmingKeepsTheNewestEntriesHoweverManyGo() {
    fill();
    rig.flush();
    assertEquals(3, rig.call("XTRIM", "s", "MAXLEN", "2997").asLong());
    assertEquals(97, rig.call("XTRIM", "s", "MINID", "1-101").asLong());
    assertEquals(2890, rig.call("XTRIM", "s", "MAXLEN", "10").asLong());
    assertEquals(10, rig.call("XRANGE", "s", "-", "+").asList().size());
    assertEquals("1-2991", firstId());
    rig.reopen();
    assertEquals(10, rig.call("XREVRANGE", "s", "+", "-").asList().size());
    assertEquals(10, rig.call("XTRIM", "s", "MINID", "2").asLong());
    assertEquals(List.of(), rig.call("XRANGE", "s", "-", "+").asList());
  }

  @Test
  void approximateTrimmingGoesInStepsAndNeverBelowWhatIsToStay() {
    fill();
    assertEquals(0, rig.call("XTRIM", "s", "MAXLEN", "~", "2901").asLong());
    assertEquals(200, rig.call("XTRIM", "s", "MAXLEN", "~", "2000", "LIMIT", "250").asLong());
    assertEquals(700, rig.call("XTRIM", "s", "MAXLEN", "~", "2001").asLong());
    assertEquals("1-901", firstId());
    assertEquals(100, rig.call("XTRIM", "s", "MINID", "~", "1-1050").asLong());
    assertEquals("1-1001", firstId());
    assertEquals(2000, rig.call("XTRIM", "s", "MAXLEN", "~", "0").asLong());
    assertEquals(0, rig.call("XLEN", "s").asLong());
  }

  @Test
  void approximateTrimmingRemovesNoMoreThanTenThousandEntriesUnlessTold() {
    for (int i = 1; i <= 10_150; i++) {
      rig.callWithoutCommit(words("XADD", "s", "1-" + i, "f", "v"));
    }
    rig.commit();
    assertEquals(10_000, rig.call("XTRIM", "s", "MAXLEN", "~", "0").asLong());
    assertEquals(150, rig.call("XTRIM", "s", "MAXLEN", "~", "0").asLong());
  }

  @Test
  void aCopyHasGroupsOfItsOwnAndADeletedKeyLeavesNothing() {
    fill();
    rig.call("XGROUP", "CREATE", "s", "g", "0");
    rig.call("XREADGROUP", "GROUP", "g", "alice", "COUNT", "5", "STREAMS", "s", ">");
    rig.call("COPY", "s", "t");
    rig.call("XACK", "t", "g", "1-1", "1-2", "1-3");
    assertEquals(5, rig.call("XPENDING", "s", "g").asList().get(0).asLong());
    assertEquals(2, rig.call("XPENDING", "t", "g").asList().get(0).asLong());
    rig.call("DEL", "s");
    rig.call("XADD", "s", "1-1", "f", "v");
    assertEquals(1, rig.call("XRANGE", "s", "-", "+").asList().size());
    assertEquals(List.of(), rig.call("XINFO", "GROUPS", "s").asList());
  }

  @Test
  void aGroupThatIsMadeAgainHasNothingOfTheOldOne() {
    fill();
    rig.call("XGROUP", "CREATE", "s", "g", "0");
    rig.call("XREADGROUP", "GROUP", "g", "alice", "COUNT", "5", "STREAMS", "s", ">");
    rig.call("XGROUP", "DESTROY", "s", "g");
    rig.call("XGROUP", "CREATE", "s", "g", "0");
    assertEquals(0, rig.call("XPENDING", "s", "g").asList().get(0).asLong());
    assertEquals(List.of(), rig.call("XINFO", "CONSUMERS", "s", "g").asList());
    rig.call("XREADGROUP", "GROUP", "g", "alice", "COUNT", "2", "STREAMS", "s", ">");
    rig.call("XGROUP", "DELCONSUMER", "s", "g", "alice");
    rig.call("XGROUP", "CREATECONSUMER", "s", "g", "alice");
    assertEquals(
        "[[\"s\", []]]",
        rig.call("XREADGROUP", "GROUP", "g", "alice", "STREAMS", "s", "0").toString());
  }

  @Test
  void idsOfTheClockGrowAlsoWhenTheClockGoesBack() {
    rig.setNowMillis(5000);
    assertEquals("5000-0", rig.call("XADD", "s", "*", "f", "v").asText());
    assertEquals("5000-1", rig.call("XADD", "s", "*", "f", "v").asText());
    rig.setNowMillis(4000);
    assertEquals("5000-2", rig.call("XADD", "s", "*", "f", "v").asText());
    rig.setNowMillis(6000);
    assertEquals("6000-0", rig.call("XADD", "s", "*", "f", "v").asText());
  }

  @Test
  void idleEntriesAreClaimedByTheClock() {
    rig.setNowMillis(1_000_000);
    rig.call("XADD", "s", "1-1", "f", "v");
    rig.call("XGROUP", "CREATE", "s", "g", "0");
    rig.call("XREADGROUP", "GROUP", "g", "alice", "STREAMS", "s", ">");
    rig.setNowMillis(1_000_999);
    assertEquals(List.of(), rig.call("XCLAIM", "s", "g", "bob", "1000", "1-1", "JUSTID").asList());
    assertEquals(
        List.of(), rig.call("XPENDING", "s", "g", "IDLE", "1000", "-", "+", "10").asList());
    rig.setNowMillis(1_001_000);
    assertEquals(
        "[[\"1-1\", \"alice\", 1000, 1]]",
        rig.call("XPENDING", "s", "g", "IDLE", "1000", "-", "+", "10").toString());
    assertEquals(
        "[\"1-1\"]", rig.call("XCLAIM", "s", "g", "bob", "1000", "1-1", "JUSTID").toString());
    rig.setNowMillis(1_001_500);
    String consumers = rig.call("XINFO", "CONSUMERS", "s", "g").toString();
    assertEquals(
        "[[\"name\", \"alice\", \"pending\", 0, \"idle\", 1500, \"inactive\", 1500],"
            + " [\"name\", \"bob\", \"pending\", 1, \"idle\", 500, \"inactive\", 500]]",
        consumers);
  }

  private void fill() {
    for (int i = 1; i <= ENTRIES; i++) {
      rig.callWithoutCommit(words("XADD", "s", "1-" + i, "f", String.valueOf(i)));
    }
    rig.commit();
  }

  private String firstId() {
    Reply first = rig.call("XRANGE", "s", "-", "+", "COUNT", "1");
    assertFalse(first.asList().isEmpty());
    return first.asList().get(0).asList().get(0).asText();
  }

  private String newest() {
    return rig.call("XREVRANGE", "s", "+", "-", "COUNT", "1").toString();
  }

  private static byte[][] words(String... words) {
    byte[][] bytes = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      bytes[i] = Slice.of(words[i]).toByteArray();
    }
    return bytes;
  }
}
