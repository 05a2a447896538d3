package io.varve.server.rdb;

import io.varve.engine.bytes.Slice;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Payloads in the forms that older versions of Redis have written, built by hand: nobody writes them any
/// more, but all read them.
public final class OldPayloads {

  private static final int VERSION = 6;

  private OldPayloads() {}

  /// By what they show.
  public static Map<String, byte[]> all() {
    String longText = "long text ".repeat(40);
    String[] words = {
      "a", "12", "-1", "5", "300", "70000", "-9000000", "5000000000", longText, "z"
    };
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("list", strings(RdbFormat.LIST, words));
    all.put("list of a ziplist", packed(RdbFormat.LIST_ZIPLIST, ziplist(words)));
    all.put("list of two ziplists", quicklist(ziplist(words), ziplist("b", "c", "13")));
    all.put("set", strings(RdbFormat.SET, words));
    all.put("set of numbers", strings(RdbFormat.SET, "5", "-7", "100000"));
    all.put("sorted set with texts", textScores());
    all.put("sorted set of a ziplist", packed(RdbFormat.SORTED_SET_ZIPLIST, ziplist(scored())));
    all.put("hash", pairs(words));
    all.put("hash of a ziplist", packed(RdbFormat.HASH_ZIPLIST, ziplist(words)));
    all.put("hash of a zipmap", packed(RdbFormat.HASH_ZIPMAP, zipmap(words)));
    all.put("stream of version 1", firstStream());
    return all;
  }

  private static String[] scored() {
    return new String[] {"low", "-inf", "one", "1", "more", "1.5", "high", "1e+100"};
  }

  private static byte[] strings(int type, String... words) {
    RdbWriter out = new RdbWriter();
    out.putByte(type);
    out.putLength(words.length);
    for (String word : words) {
      out.putString(Slice.of(word));
    }
    return sealed(out);
  }

  private static byte[] pairs(String... words) {
    RdbWriter out = new RdbWriter();
    out.putByte(RdbFormat.HASH);
    out.putLength(words.length / 2);
    for (String word : words) {
      out.putString(Slice.of(word));
    }
    return sealed(out);
  }

  private static byte[] packed(int type, byte[] bytes) {
    RdbWriter out = new RdbWriter();
    out.putByte(type);
    out.putString(Slice.of(bytes));
    return sealed(out);
  }

  private static byte[] quicklist(byte[]... nodes) {
    RdbWriter out = new RdbWriter();
    out.putByte(RdbFormat.LIST_QUICKLIST);
    out.putLength(nodes.length);
    for (byte[] node : nodes) {
      out.putString(Slice.of(node));
    }
    return sealed(out);
  }

  private static byte[] textScores() {
    RdbWriter out = new RdbWriter();
    out.putByte(RdbFormat.SORTED_SET);
    out.putLength(5);
    for (String score : List.of("1", "-2.5", "1e+20")) {
      out.putString(Slice.of("member " + score));
      out.putByte(score.length());
      out.putBytes(Slice.of(score));
    }
    out.putString(Slice.of("greatest"));
    out.putByte(254);
    out.putString(Slice.of("least"));
    out.putByte(255);
    return sealed(out);
  }

  /// Three entries of which one is deleted, a group, a consumer that has one of them.
  private static byte[] firstStream() {
    ListpackWriter node = new ListpackWriter();
    for (long number : new long[] {2, 1, 1}) {
      node.add(number);
    }
    node.add(Slice.of("field"));
    node.add(0);
    for (int i = 0; i < 3; i++) {
      node.add(RdbFormat.ENTRY_SAME_FIELDS | (i == 1 ? RdbFormat.ENTRY_DELETED : 0));
      node.add(i);
      node.add(i);
      node.add(Slice.of("value " + i));
      node.add(4);
    }
    RdbWriter out = new RdbWriter();
    out.putByte(RdbFormat.STREAM);
    out.putLength(1);
    out.putLength(16);
    putId(out, 1000, 5);
    out.putString(node.finish());
    out.putLength(2);
    out.putLength(1002);
    out.putLength(7);
    out.putLength(1);
    out.putString(Slice.of("group"));
    out.putLength(1002);
    out.putLength(7);
    out.putLength(1);
    putId(out, 1002, 7);
    out.putMillis(1_700_000_000_000L);
    out.putLength(3);
    out.putLength(1);
    out.putString(Slice.of("consumer"));
    out.putMillis(1_700_000_000_001L);
    out.putLength(1);
    putId(out, 1002, 7);
    return sealed(out);
  }

  private static void putId(RdbWriter out, long millis, long sequence) {
    out.putLongBigEndian(millis);
    out.putLongBigEndian(sequence);
  }

  private static byte[] sealed(RdbWriter out) {
    return out.seal(VERSION).toByteArray();
  }

  static byte[] ziplist(String... words) {
    List<byte[]> entries = new ArrayList<>();
    int before = 0;
    int bytes = 11;
    int tail = 10;
    for (String word : words) {
      byte[] entry = ziplistEntry(before, word);
      before = entry.length;
      tail = bytes - 1;
      bytes += entry.length;
      entries.add(entry);
    }
    ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(bytes).putInt(tail).putShort((short) words.length);
    entries.forEach(out::put);
    return out.put((byte) 0xff).array();
  }

  private static byte[] ziplistEntry(int before, String word) {
    ByteBuffer out = ByteBuffer.allocate(word.length() + 20).order(ByteOrder.LITTLE_ENDIAN);
    if (before < 254) {
      out.put((byte) before);
    } else {
      out.put((byte) 0xfe).putInt(before);
    }
    if (word.matches("-?[0-9]{1,18}")) {
      long number = Long.parseLong(word);
      if (number >= 0 && number <= 12) {
        out.put((byte) (0xf1 + number));
      } else if (number == (byte) number) {
        out.put((byte) 0xfe).put((byte) number);
      } else if (number == (short) number) {
        out.put((byte) 0xc0).putShort((short) number);
      } else if (number >= -(1 << 23) && number < 1 << 23) {
        out.put((byte) 0xf0)
            .put((byte) number)
            .put((byte) (number >> 8))
            .put((byte) (number >> 16));
      } else if (number == (int) number) {
        out.put((byte) 0xd0).putInt((int) number);
      } else {
        out.put((byte) 0xe0).putLong(number);
      }
    } else {
      byte[] text = word.getBytes(StandardCharsets.UTF_8);
      if (text.length < 64) {
        out.put((byte) text.length);
      } else {
        out.put((byte) (0x40 | text.length >> 8)).put((byte) text.length);
      }
      out.put(text);
    }
    byte[] entry = new byte[out.position()];
    out.flip().get(entry);
    return entry;
  }

  static byte[] zipmap(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(words.length / 2);
    for (int i = 0; i < words.length; i++) {
      byte[] text = words[i].getBytes(StandardCharsets.UTF_8);
      if (text.length < 254) {
        out.write(text.length);
      } else {
        out.write(0xfe);
        out.writeBytes(
            ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(text.length).array());
      }
      int unused = i % 2 == 1 ? i % 3 : 0;
      if (i % 2 == 1) {
        out.write(unused);
      }
      out.writeBytes(text);
      out.writeBytes(new byte[unused]);
    }
    out.write(0xff);
    return out.toByteArray();
  }
}
