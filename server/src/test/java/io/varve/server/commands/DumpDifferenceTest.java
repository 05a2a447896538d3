package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.varve.protocol.Reply;
import io.varve.server.rdb.OldPayloads;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Values go from Redis to us and from us to Redis by DUMP and RESTORE, and stay what they are.
@DisplayName("needs redis-server")
class DumpDifferenceTest extends BesideRedis {

  private static final int VALUES = 60;

  @Test
  void valuesOfRedisAreRestoredHere() throws Exception {
    try (CommandRig rig = rig()) {
      RandomValues values = new RandomValues(seeded());
      for (int i = 0; i < VALUES; i++) {
        make(values, client::call, i);
        carry(client::call, rig::call, i);
        if (i % 20 == 19) {
          rig.flush();
        }
      }
    }
  }

  @Test
  void valuesOfOursAreRestoredInRedis() throws Exception {
    try (CommandRig rig = rig()) {
      RandomValues values = new RandomValues(seeded());
      for (int i = 0; i < VALUES; i++) {
        make(values, rig::call, i);
        if (i % 20 == 19) {
          rig.flush();
        }
        carry(rig::call, client::call, i);
      }
    }
  }

  @Test
  void whatOlderVersionsHaveWrittenIsReadAsRedisReadsIt() throws Exception {
    try (CommandRig rig = rig()) {
      for (Map.Entry<String, byte[]> old : OldPayloads.all().entrySet()) {
        String name = old.getKey();
        for (ValueText.Target target : new ValueText.Target[] {client::call, rig::call}) {
          assertEquals(
              "OK",
              target.call(bytes("RESTORE"), bytes(name), bytes("0"), old.getValue()).toString(),
              name);
        }
        assertEquals(ValueText.of(client::call, name), ValueText.of(rig::call, name), name);
      }
    }
  }

  @Test
  void restoreIsStrictAsRedisIs() throws Exception {
    try (CommandRig rig = rig()) {
      client.call("SET", "source", "value");
      byte[] payload = ((Reply.Bulk) client.call("DUMP", "source")).bytes();
      byte[] wrongSum = payload.clone();
      wrongSum[2] ^= 1;
      byte[] newer = payload.clone();
      newer[newer.length - 10] = 100;
      for (String[] options :
          new String[][] {
            {"0"},
            {"0"},
            {"-1"},
            {"x"},
            {"0", "REPLACE"},
            {"0", "FOO"},
            {"0", "REPLACE", "IDLETIME"},
            {"0", "REPLACE", "IDLETIME", "-1"},
            {"0", "REPLACE", "IDLETIME", "5"},
            {"0", "REPLACE", "FREQ", "256"},
            {"0", "replace", "freq", "5"},
            {"0", "REPLACE", "FREQ", "5", "IDLETIME", "5"},
            {"1", "REPLACE", "ABSTTL"},
            {"100000", "REPLACE"},
            {"1", "ABSTTL"}
          }) {
        for (byte[] sent : new byte[][] {payload, wrongSum, newer, bytes("short")}) {
          byte[][] command = new byte[3 + options.length][];
          command[0] = bytes("RESTORE");
          command[1] = bytes("key");
          command[2] = bytes(options[0]);
          command[3] = sent;
          for (int i = 1; i < options.length; i++) {
            command[3 + i] = bytes(options[i]);
          }
          assertEquals(client.call(command), rig.call(command), Arrays.toString(options));
          compare(rig, "GET", "key");
          compare(rig, "EXISTS", "key");
        }
      }
      compare(rig, "DUMP", "nothing");
      compare(rig, "RESTORE", "key", "0");
      assertInstanceOf(
          Reply.Failure.class, rig.call(bytes("RESTORE"), bytes("k"), bytes("0"), bytes("")));
    }
  }

  private void make(RandomValues values, ValueText.Target where, int number) throws Exception {
    for (byte[][] command : values.commands("key" + number)) {
      where.call(command);
    }
  }

  private static void carry(ValueText.Target from, ValueText.Target to, int number)
      throws Exception {
    String key = "key" + number;
    byte[] payload = ((Reply.Bulk) from.call("DUMP", key)).bytes();
    assertEquals("OK", to.call(bytes("RESTORE"), bytes(key), bytes("0"), payload).toString(), key);
    String value = ValueText.of(from, key);
    assertEquals(value, ValueText.of(to, key), key);
    if (!value.startsWith("list")) {
      assertEquals(encoding(from, key), encoding(to, key), key);
    }
    // Once more, from a value that came as a payload.
    byte[] again = ((Reply.Bulk) to.call("DUMP", key)).bytes();
    String copy = key + " again";
    assertEquals("OK", from.call(bytes("RESTORE"), bytes(copy), bytes("0"), again).toString(), key);
    assertEquals(value, ValueText.of(from, copy), key);
  }

  /// Redis 7.0 knows one encoding of lists, and no listpacks of members.
  private static String encoding(ValueText.Target target, String key) throws Exception {
    String encoding = ((Reply.Bulk) target.call("OBJECT", "ENCODING", key)).text();
    boolean set = target.call("TYPE", key).toString().equals("set");
    return set && encoding.equals("listpack") ? "hashtable" : encoding;
  }

  private CommandRig rig() throws Exception {
    client.call("CONFIG", "SET", "hash-max-listpack-entries", "128");
    CommandRig rig = new CommandRig(directory.resolve("store"));
    rig.setNowMillis(System.currentTimeMillis());
    return rig;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
