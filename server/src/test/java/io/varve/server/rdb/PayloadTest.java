package io.varve.server.rdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.Reply;
import io.varve.server.commands.CommandRig;
import io.varve.server.commands.ValueText;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Payloads without a Redis to ask: those that 7.2 has written, damaged ones, and fields that expire.
class PayloadTest {

  private static final String KEY = "key";

  /// What a redis-server 7.2 has answered to DUMP, with what it said of the encoding.
  private record Golden(String encoding, byte[] payload) {}

  @TempDir Path directory;

  @Test
  void whatRedis72HasWrittenIsReadInItsEncoding() throws Exception {
    try (CommandRig rig = new CommandRig(directory)) {
      rig.setNowMillis(System.currentTimeMillis());
      Map<String, String> contents = new LinkedHashMap<>();
      for (Map.Entry<String, Golden> golden : goldens().entrySet()) {
        if (golden.getKey().equals("functions")) {
          continue;
        }
        String name = golden.getKey();
        restored(rig, name, golden.getValue().payload);
        assertEquals(
            golden.getValue().encoding,
            ((Reply.Bulk) rig.call("OBJECT", "ENCODING", name)).text(),
            name);
        contents.put(name, ValueText.of(rig::call, name));
      }
      assertEquals("string \"hello\"", contents.get("string"));
      assertEquals("string \"-12345\"", contents.get("number"));
      assertEquals("string \"" + "abcdefgh".repeat(20) + "\"", contents.get("compressed"));
      assertEquals(
          "list [\"a\", \"12\", \"-1\", \"70000\", \"" + "x".repeat(70) + "\"]",
          contents.get("list"));
      assertEquals("set [[\"-5\"], [\"1\"], [\"700000\"]]", contents.get("intset"));
      assertEquals("set [[\"17\"], [\"a\"], [\"b\"]]", contents.get("smallSet"));
      assertEquals(
          "zset \"c\" -Infinity, \"a\" 1.0, \"b\" 2.5, \"d\" 1.0E300, ",
          contents.get("smallSortedSet"));
      assertEquals(200, ((Reply.Int) rig.call("LLEN", "longList")).value());
      assertEquals(200, ((Reply.Int) rig.call("SCARD", "largeSet")).value());
      assertEquals(600, ((Reply.Int) rig.call("HLEN", "largeHash")).value());
      assertEquals("33", ((Reply.Bulk) rig.call("ZSCORE", "largeSortedSet", "member-99")).text());
      assertEquals(Reply.Bulk.of("value-599"), rig.call("HGET", "largeHash", "field-599"));
      String stream = contents.get("stream");
      assertTrue(stream.contains("\"1004-4\""), stream);
      assertEquals(
          "[2, \"1002-2\", \"1003-3\"]",
          ((Reply.Array) rig.call("XPENDING", "stream", "g")).elements().subList(0, 3).toString());
      assertEquals(
          new Reply.Simple("OK"),
          rig.call(bytes("FUNCTION"), bytes("RESTORE"), goldens().get("functions").payload));
      assertEquals(Reply.Bulk.of("hello"), rig.call("FCALL", "f", "0"));
    }
  }

  @Test
  void fieldsThatExpireKeepTheirTimes() throws Exception {
    try (CommandRig rig = new CommandRig(directory)) {
      for (int fields : new int[] {3, 500}) {
        rig.call("DEL", KEY);
        for (int i = 0; i < fields; i++) {
          rig.call("HSET", KEY, "field" + i, "value" + i);
          if (i % 3 != 0) {
            rig.call("HPEXPIRE", KEY, String.valueOf(100_000 - i), "FIELDS", "1", "field" + i);
          }
        }
        byte[] payload = ((Reply.Bulk) rig.call("DUMP", KEY)).bytes();
        restored(rig, "copy", payload);
        assertEquals(ValueText.of(rig::call, KEY), ValueText.of(rig::call, "copy"));
        assertEquals(rig.call("OBJECT", "ENCODING", KEY), rig.call("OBJECT", "ENCODING", "copy"));
        for (int i = 0; i < fields; i++) {
          assertEquals(
              rig.call("HPEXPIRETIME", KEY, "FIELDS", "1", "field" + i),
              rig.call("HPEXPIRETIME", "copy", "FIELDS", "1", "field" + i));
        }
        assertEquals(12, payload[payload.length - 10], "only Redis 7.4 knows such fields");
        // What has passed when it comes is not stored.
        rig.setNowMillis(rig.nowMillis() + 200_000);
        restored(rig, "late", payload);
        assertEquals(new Reply.Int((fields + 2) / 3), rig.call("HLEN", "late"));
      }
    }
  }

  @Test
  void damagedPayloadsAreRefusedOrReadButHarmNothing() throws Exception {
    SplittableRandom random = random();
    try (CommandRig rig = new CommandRig(directory)) {
      rig.call("SET", KEY, "before");
      List<byte[]> payloads = new ArrayList<>(OldPayloads.all().values());
      goldens().forEach((name, golden) -> payloads.add(golden.payload));
      int refused = 0;
      for (int round = 0; round < 40; round++) {
        for (byte[] payload : payloads) {
          byte[] damaged = damaged(payload, random);
          Reply reply =
              rig.call(bytes("RESTORE"), bytes(KEY), bytes("0"), damaged, bytes("REPLACE"));
          if (reply instanceof Reply.Failure(String text)) {
            refused++;
            assertTrue(
                text.equals("ERR Bad data format") || text.contains("longer than"),
                () -> text + " " + HexFormat.of().formatHex(damaged));
            assertEquals(Reply.Bulk.of("before"), rig.call("GET", KEY), "nothing was written");
          } else {
            try {
              ValueText.of(rig::call, KEY);
              byte[] again = ((Reply.Bulk) rig.call("DUMP", KEY)).bytes();
              restored(rig, "copy", again);
              rig.call("DEL", "copy");
            } catch (RuntimeException | AssertionError bug) {
              fail(HexFormat.of().formatHex(damaged), bug);
            }
            rig.call("SET", KEY, "before");
          }
        }
      }
      assertTrue(refused > 0);
    }
  }

  @Test
  void lengthsThatNoPayloadCanHaveAllocateNothing() throws Exception {
    try (CommandRig rig = new CommandRig(directory)) {
      for (int type = 0; type < 30; type++) {
        for (String length :
            new String[] {"80ffffffff", "817fffffffffffffff", "81ffffffffffffffff"}) {
          for (String before : new String[] {"", "01", "c3", "c305"}) {
            byte[] payload =
                sealed(HexFormat.of().parseHex("%02x".formatted(type) + before + length + "0a"));
            Reply reply =
                rig.call(bytes("RESTORE"), bytes(KEY), bytes("0"), payload, bytes("REPLACE"));
            // Where the length lies behind a short string, it is not looked at.
            if (!before.startsWith("01") || type != 0) {
              assertEquals(new Reply.Failure("ERR Bad data format"), reply, before + length);
            }
          }
        }
      }
    }
  }

  @Test
  void compressedStringsAreWhatTheyWere() {
    SplittableRandom random = random();
    Lzf lzf = new Lzf();
    for (int i = 0; i < 2000; i++) {
      byte[] plain = new byte[random.nextInt(5000)];
      int letters = 1 + random.nextInt(20);
      for (int at = 0; at < plain.length; at++) {
        plain[at] = (byte) random.nextInt(letters);
      }
      byte[] compressed = new byte[plain.length];
      int length = lzf.compress(plain, compressed);
      if (length > 0) {
        Slice bytes = new Slice(MemorySegment.ofArray(compressed), 0, length);
        assertArrayEquals(plain, Lzf.decompress(bytes, plain.length));
      }
    }
  }

  private static void restored(CommandRig rig, String key, byte[] payload) {
    assertEquals(
        new Reply.Simple("OK"),
        rig.call(bytes("RESTORE"), bytes(key), bytes("0"), payload, bytes("REPLACE")));
  }

  /// Some bytes changed, cut out or put in, and a checksum that is right.
  private static byte[] damaged(byte[] payload, SplittableRandom random) {
    byte[] body = java.util.Arrays.copyOf(payload, payload.length - 10);
    for (int times = 1 + random.nextInt(3); times > 0 && body.length > 1; times--) {
      int at = random.nextInt(Math.min(body.length, random.nextBoolean() ? 64 : body.length));
      switch (random.nextInt(8)) {
        case 0 -> body = java.util.Arrays.copyOf(body, at + 1);
        case 1 -> body[at] = (byte) (random.nextBoolean() ? 0xff : 0);
        case 2 -> body[at] ^= (byte) (1 << random.nextInt(8));
        case 3 -> body = without(body, at);
        default -> body[at] = (byte) random.nextInt();
      }
    }
    return sealed(body);
  }

  private static byte[] without(byte[] body, int at) {
    byte[] shorter = new byte[body.length - 1];
    System.arraycopy(body, 0, shorter, 0, at);
    System.arraycopy(body, at + 1, shorter, at, shorter.length - at);
    return shorter;
  }

  private static byte[] sealed(byte[] body) {
    byte[] payload = java.util.Arrays.copyOf(body, body.length + 10);
    ByteBuffer end = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    end.putShort(body.length, (short) 11);
    end.putLong(body.length + 2, Crc64.of(MemorySegment.ofArray(payload), 0, body.length + 2L));
    return payload;
  }

  private static Map<String, Golden> goldens() throws Exception {
    Map<String, Golden> goldens = new LinkedHashMap<>();
    try (InputStream in = PayloadTest.class.getResourceAsStream("/rdb/redis-7.2.txt")) {
      for (String line :
          new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList()) {
        String[] words = line.split(" ", -1);
        goldens.put(words[0], new Golden(words[1], HexFormat.of().parseHex(words[2])));
      }
    }
    return goldens;
  }

  private static SplittableRandom random() {
    long seed = Long.getLong("varve.seed", ThreadLocalRandom.current().nextLong());
    System.out.println("seed " + seed);
    return new SplittableRandom(seed);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
