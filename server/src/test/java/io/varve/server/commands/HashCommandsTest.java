package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.KeyEventListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HashCommandsTest {

  @TempDir Path directory;

  private CommandRig rig;

  @BeforeEach
  void open() {
    rig = new CommandRig(directory.resolve("store"));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void fieldsOfASmallHashStayInTheOrderInWhichTheyCame() {
    rig.call("HSET", "h", "zebra", "1", "ant", "2", "mouse", "3");
    rig.call("HSET", "h", "zebra", "a longer value than before");
    rig.call("HDEL", "h", "ant");
    rig.call("HSET", "h", "ant", "4");
    assertEquals(List.of("zebra", "mouse", "ant"), texts(rig.call("HKEYS", "h")));
    assertEquals(List.of("a longer value than before", "3", "4"), texts(rig.call("HVALS", "h")));
  }

  @Test
  void encodingFollowsTheNumberOfFieldsAndTheirLengthAndNeverGoesBack() {
    for (int i = 0; i < 128; i++) {
      rig.call("HSET", "h", "f" + i, "v");
    }
    assertEquals(Reply.Bulk.of("listpack"), rig.call("OBJECT", "ENCODING", "h"));
    rig.call("HSET", "h", "one more", "v");
    assertEquals(Reply.Bulk.of("hashtable"), rig.call("OBJECT", "ENCODING", "h"));
    rig.call("HDEL", "h", "one more", "f1", "f2");
    assertEquals(Reply.Bulk.of("hashtable"), rig.call("OBJECT", "ENCODING", "h"));
    rig.call("HSET", "long", "f", "x".repeat(65));
    assertEquals(Reply.Bulk.of("hashtable"), rig.call("OBJECT", "ENCODING", "long"));
    assertEquals(new Reply.Int(126), rig.call("HLEN", "h"));
  }

  @Test
  void aLargeHashIsTheSameAfterARestart() {
    Map<String, String> expected = new HashMap<>();
    for (int i = 0; i < 5000; i++) {
      rig.call("HSET", "h", "field:" + i, "value:" + i);
      expected.put("field:" + i, "value:" + i);
    }
    rig.flush();
    for (int i = 0; i < 5000; i += 7) {
      rig.call("HDEL", "h", "field:" + i);
      expected.remove("field:" + i);
    }
    rig.reopen();
    assertEquals(new Reply.Int(expected.size()), rig.call("HLEN", "h"));
    List<String> flat = texts(rig.call("HGETALL", "h"));
    Map<String, String> found = new HashMap<>();
    for (int i = 0; i < flat.size(); i += 2) {
      found.put(flat.get(i), flat.get(i + 1));
    }
    assertEquals(expected, found);
    assertEquals(new Reply.Int(1), rig.call("DEL", "h"));
    assertEquals(new Reply.Int(0), rig.call("HLEN", "h"));
    rig.call("HSET", "h", "field:1", "new");
    assertEquals(List.of("field:1", "new"), texts(rig.call("HGETALL", "h")));
  }

  @Test
  void whatStaysDuringAScanIsReturnedAlsoAcrossARestart() {
    Set<String> staying = new TreeSet<>();
    for (int i = 0; i < 3000; i++) {
      rig.call("HSET", "h", "stays:" + i, "v", "goes:" + i, "v");
      staying.add("stays:" + i);
    }
    Set<String> seen = new TreeSet<>();
    String cursor = "0";
    int step = 0;
    do {
      Reply.Array reply =
          assertInstanceOf(
              Reply.Array.class, rig.call("HSCAN", "h", cursor, "MATCH", "s*", "COUNT", "50"));
      cursor = texts(new Reply.Array(List.of(reply.elements().getFirst()))).getFirst();
      List<String> page = texts(reply.elements().getLast());
      for (int i = 0; i < page.size(); i += 2) {
        seen.add(page.get(i));
      }
      rig.call("HDEL", "h", "goes:" + step);
      rig.call("HSET", "h", "comes:" + step, "v");
      if (++step == 20) {
        rig.reopen();
      }
    } while (!cursor.equals("0"));
    assertEquals(staying, seen);
  }

  @Test
  void everyFieldOfALargeHashIsDrawnAboutAsOftenAsAnyOther() {
    int fields = 400;
    for (int i = 0; i < fields; i++) {
      rig.call("HSET", "h", "f" + i, "v" + i);
    }
    Map<String, Integer> drawn = new HashMap<>();
    for (String field : texts(rig.call("HRANDFIELD", "h", "-20000"))) {
      drawn.merge(field, 1, Integer::sum);
    }
    assertEquals(fields, drawn.size());
    int most = drawn.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    assertTrue(most < 130, "50 are expected of each, one came " + most + " times");
  }

  @Test
  void randomFieldsAreDifferentOnesUnlessTheCountIsNegative() {
    for (int i = 0; i < 3000; i++) {
      rig.call("HSET", "h", "f" + i, "v" + i);
    }
    for (int count : new int[] {1, 7, 300, 2000, 2999}) {
      List<String> flat = texts(rig.call("HRANDFIELD", "h", "" + count, "WITHVALUES"));
      Set<String> fields = new HashSet<>();
      for (int i = 0; i < flat.size(); i += 2) {
        fields.add(flat.get(i));
        assertEquals("v" + flat.get(i).substring(1), flat.get(i + 1));
      }
      assertEquals(count, fields.size());
    }
    assertEquals(3000, texts(rig.call("HRANDFIELD", "h", "4000")).size());
    assertEquals(4000, texts(rig.call("HRANDFIELD", "h", "-4000")).size());
  }

  @Test
  void valuesAndFieldsMayBeAnyBytes() {
    byte[] field = {0, (byte) 0xff, '\r', '\n'};
    byte[] value = new byte[300_000];
    value[7] = -1;
    byte[] hset = "HSET".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] hget = "HGET".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] key = {0};
    rig.call(hset, key, field, value);
    rig.flush();
    assertEquals(new Reply.Bulk(value), rig.call(hget, key, field));
  }

  @Test
  void aFieldThatNoElementCouldHoldIsRefused() {
    Reply.Failure refused =
        assertInstanceOf(Reply.Failure.class, rig.call("HSET", "h", "f".repeat(70_000), "v"));
    assertEquals("ERR hash field is longer than 65514 bytes", refused.text());
    assertEquals(new Reply.Int(0), rig.call("EXISTS", "h"));
    assertEquals(new Reply.Null(), rig.call("HGET", "h", "f".repeat(70_000)));
  }

  @Test
  void eventsAreThoseOfRedis() {
    List<String> events = new ArrayList<>();
    rig.keyspace()
        .listenToEvents(
            new KeyEventListener() {
              @Override
              public boolean wants(KeyEventClass eventClass) {
                return eventClass != KeyEventClass.NEW;
              }

              @Override
              public void happened(
                  int logical,
                  KeyEventClass eventClass,
                  String event,
                  io.varve.engine.bytes.Slice key) {
                events.add(eventClass.letter() + " " + event + " " + key.toUtf8());
              }
            });
    rig.call("HSET", "a", "f", "1", "g", "2");
    rig.call("HSETNX", "a", "f", "1");
    rig.call("HINCRBY", "a", "f", "1");
    rig.call("HINCRBYFLOAT", "a", "f", "1");
    rig.call("HDEL", "a", "none");
    rig.call("HDEL", "a", "f", "g");
    assertEquals(
        List.of("h hset a", "h hincrby a", "h hincrbyfloat a", "h hdel a", "g del a"), events);
  }

  private static List<String> texts(Reply reply) {
    Reply.Array array = assertInstanceOf(Reply.Array.class, reply);
    List<String> texts = new ArrayList<>();
    for (Reply element : array.elements()) {
      texts.add(assertInstanceOf(Reply.Bulk.class, element).text());
    }
    return texts;
  }
}
