package io.varve.engine.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.ByteCursor.MalformedException;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.key.Lookup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WriteBatchTest {

  private final WriteBatch batch = new WriteBatch();
  private final Slice value = new Slice();

  @Test
  void encodingIsWhatThePageSays() {
    batch.put(Slice.of("key"), Slice.of("value"));
    batch.delete(Slice.of("k2"));
    batch.setBaseSequence(0x0102);
    assertEquals(
        "0201000000000000" + "02000000" + "02036b6579" + "0576616c7565" + "01026b32",
        HexFormat.of().formatHex(batch.encoded().toByteArray()));
    assertEquals(batch.byteSize(), batch.encoded().length());
  }

  @Test
  void emptyBatchIsAHeader() {
    assertTrue(batch.isEmpty());
    assertEquals(12, batch.byteSize());
    assertEquals(List.of(), operations(batch.encoded()));
  }

  @Test
  void readerAndVisitShowTheOperationsInOrder() {
    batch.put(Slice.of("a"), Slice.of("1"));
    batch.delete(Slice.of("a"));
    batch.put(Slice.of(""), Slice.of(""));
    batch.setBaseSequence(77);
    assertEquals(List.of("put a=1", "delete a", "put ="), operations(batch.encoded()));
    List<String> visited = new ArrayList<>();
    batch.visit(recorder(visited));
    assertEquals(operations(batch.encoded()), visited);
    assertEquals(77, BatchReader.baseSequence(batch.encoded()));
    assertEquals(3, BatchReader.count(batch.encoded()));
  }

  @Test
  void clearForgetsEverything() {
    batch.put(Slice.of("a"), Slice.of("1"));
    batch.setBaseSequence(9);
    batch.clear();
    assertTrue(batch.isEmpty());
    assertEquals(0, batch.baseSequence());
    assertEquals(Lookup.ABSENT, batch.find(Slice.of("a"), value));
    assertEquals(12, batch.byteSize());
  }

  @Test
  void tooLongAKeyIsRefusedAndChangesNothing() {
    batch.put(Slice.of("a"), Slice.of("1"));
    byte[] before = batch.encoded().toByteArray();
    Slice tooLong = Slice.of(new byte[InternalKey.USER_KEY_BYTES_MAX + 1]);
    assertThrows(IllegalArgumentException.class, () -> batch.put(tooLong, new Slice()));
    assertThrows(IllegalArgumentException.class, () -> batch.delete(tooLong));
    assertArrayEquals(before, batch.encoded().toByteArray());
    batch.put(Slice.of(new byte[InternalKey.USER_KEY_BYTES_MAX]), new Slice());
    assertEquals(2, batch.count());
  }

  @Test
  void batchOfAGigabyteIsRefusedAndChangesNothing() {
    batch.put(Slice.of("a"), Slice.of("1"));
    byte[] before = batch.encoded().toByteArray();
    // kind, key with its length, length of the value, value: together exactly the limit.
    int length = WriteBatch.BYTES_LIMIT - before.length - 1 - 2 - 5;
    // Bytes that nobody has: they must not be looked at.
    Slice nowhere = new Slice(NativeMemory.ALL, 0, length);
    assertThrows(IllegalArgumentException.class, () -> batch.put(Slice.of("b"), nowhere));
    Slice longest = new Slice(NativeMemory.ALL, 0, Integer.MAX_VALUE);
    assertThrows(IllegalArgumentException.class, () -> batch.put(Slice.of("b"), longest));
    assertArrayEquals(before, batch.encoded().toByteArray());
    batch.put(Slice.of("small"), Slice.of("fits"));
    assertEquals(2, batch.count());
  }

  @Test
  void rollbackForgetsWhatCameAfterTheMark() {
    batch.put(Slice.of("a"), Slice.of("1"));
    int mark = batch.mark();
    byte[] before = batch.encoded().toByteArray();
    batch.put(Slice.of("a"), Slice.of("2"));
    batch.delete(Slice.of("b"));
    batch.rollback(mark);
    assertArrayEquals(before, batch.encoded().toByteArray());
    assertEquals(Lookup.FOUND, batch.find(Slice.of("a"), value));
    assertEquals("1", value.toUtf8());
    assertEquals(Lookup.ABSENT, batch.find(Slice.of("b"), value));
    batch.rollback(mark);
    assertThrows(IllegalArgumentException.class, () -> batch.rollback(mark + 1));
    assertThrows(IllegalArgumentException.class, () -> batch.rollback(-1));
  }

  @Test
  void findAnswersLikeAMapThroughGrowthRollbackAndClear() {
    long seed = System.nanoTime();
    System.out.println("batch model seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      batch.clear();
      Map<String, String> model = new HashMap<>();
      Map<String, String> atMark = new HashMap<>();
      int mark = batch.mark();
      int keys = 1 + random.nextInt(300);
      int operations = random.nextInt(round % 5 == 0 ? 6000 : 60);
      for (int i = 0; i < operations; i++) {
        String key = "k" + random.nextInt(keys);
        switch (random.nextInt(20)) {
          case 0 -> {
            batch.rollback(mark);
            model = new HashMap<>(atMark);
          }
          case 1 -> {
            mark = batch.mark();
            atMark = new HashMap<>(model);
          }
          case 2, 3, 4, 5, 6, 7 -> assertFinds(model, key);
          case 8, 9 -> {
            batch.delete(Slice.of(key));
            model.put(key, "");
          }
          default -> {
            batch.put(Slice.of(key), Slice.of("v" + i));
            model.put(key, "v" + i);
          }
        }
      }
      for (int i = 0; i < keys; i++) {
        assertFinds(model, "k" + i);
      }
    }
  }

  @Test
  void everyCutAndEveryExtraByteIsMalformed() {
    for (int i = 0; i < 20; i++) {
      batch.put(Slice.of("key" + i), Slice.of(new byte[i * 20]));
      batch.delete(Slice.of("gone" + i));
    }
    batch.setBaseSequence(1000);
    byte[] whole = batch.encoded().toByteArray();
    for (int length = 0; length < whole.length; length++) {
      assertMalformed(Arrays.copyOf(whole, length));
    }
    assertMalformed(Arrays.copyOf(whole, whole.length + 1));
  }

  @Test
  void damagedFieldsAreMalformed() {
    String header = "0100000000000000" + "01000000";
    assertMalformed(header + "00" + "0161" + "0162"); // kind 0
    assertMalformed(header + "03" + "0162" + "0161"); // a range that ends before it starts
    assertMalformed(header + "03" + "0161" + "0161"); // an empty range
    assertMalformed(header + "03" + "0161"); // a range without an end
    assertMalformed(header + "ff" + "0161" + "0162");
    assertMalformed(header + "02" + "8080808010" + "0162"); // key length beyond an int
    assertMalformed(header + "02" + "ffffffffffffffffff01" + "0162");
    assertMalformed(header + "02" + "ffffffffffffffffffff01" + "0162"); // endless varint
    assertMalformed(header + "02" + "0161" + "0262"); // value longer than the bytes
    assertMalformed("0100000000000000" + "ffffffff" + "0100"); // count that cannot be
    assertMalformed("0100000000000000" + "02000000" + "0100"); // one operation missing
    assertMalformed("0100000000000000" + "00000000" + "0100"); // one too many
    assertMalformed("0000000000000001" + "01000000" + "0100"); // sequence of 57 bits
    assertMalformed("ffffffffffffff00" + "01000000" + "0100"); // last one out of range
    assertMalformed("ffffffffffffffff" + "01000000" + "0100");
    byte[] longKey = new byte[InternalKey.USER_KEY_BYTES_MAX + 1];
    assertMalformed(header + "01" + "818004" + HexFormat.of().formatHex(longKey));
    assertEquals(
        List.of("delete "),
        operations(Slice.of(HexFormat.of().parseHex("feffffffffffff00" + "01000000" + "0100"))));
  }

  @Test
  void randomBytesNeverDoMoreThanSayMalformed() {
    long seed = System.nanoTime();
    System.out.println("batch bytes seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      batch.put(Slice.of("key" + i), Slice.of("value" + i));
    }
    byte[] whole = batch.encoded().toByteArray();
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = whole.clone();
      for (int flips = random.nextInt(3); flips >= 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        assertEquals(BatchReader.count(Slice.of(damaged)), operations(Slice.of(damaged)).size());
      } catch (MalformedException expected) {
        assertTrue(String.valueOf(expected.getMessage()).length() > 10);
      }
    }
  }

  private void assertFinds(Map<String, String> model, String key) {
    String expected = model.get(key);
    Lookup found = batch.find(Slice.of(key), value);
    if (expected == null) {
      assertEquals(Lookup.ABSENT, found);
    } else if (expected.isEmpty()) {
      assertEquals(Lookup.DELETED, found);
    } else {
      assertEquals(Lookup.FOUND, found);
      assertEquals(expected, value.toUtf8());
    }
  }

  private static void assertMalformed(String hex) {
    assertMalformed(HexFormat.of().parseHex(hex));
  }

  private static void assertMalformed(byte[] bytes) {
    assertThrows(
        MalformedException.class,
        () -> BatchReader.read(Slice.of(bytes), recorder(new ArrayList<>())));
  }

  @Test
  void rangeDeletesAreReadBackInTheirOrder() {
    WriteBatch batch = new WriteBatch();
    batch.put(Slice.of("b"), Slice.of("1"));
    batch.deleteRange(Slice.of("a"), Slice.of("c"));
    batch.put(Slice.of("b"), Slice.of("2"));
    batch.deleteRange(KeyRange.from(Slice.of("x")));
    assertEquals(
        List.of("put b=1", "delete range a..c", "put b=2", "delete range x.."),
        operations(batch.encoded()));
    assertEquals(2, batch.rangeDeleteCount());
  }

  @Test
  void rangeDeleteHidesWhatTheBatchPutBeforeAndNotWhatItPutsAfter() {
    for (int fill : new int[] {0, 100}) {
      WriteBatch batch = new WriteBatch();
      Slice value = new Slice();
      for (int i = 0; i < fill; i++) {
        batch.put(Slice.of("other" + i), Slice.of("v"));
      }
      batch.put(Slice.of("b"), Slice.of("1"));
      assertEquals(Lookup.FOUND, batch.find(Slice.of("b"), value));
      int mark = batch.mark();
      batch.deleteRange(Slice.of("a"), Slice.of("c"));
      assertEquals(Lookup.DELETED, batch.find(Slice.of("b"), value));
      assertEquals(Lookup.DELETED, batch.find(Slice.of("a"), value));
      assertEquals(Lookup.ABSENT, batch.find(Slice.of("c"), value));
      batch.put(Slice.of("b"), Slice.of("2"));
      assertEquals(Lookup.FOUND, batch.find(Slice.of("b"), value));
      assertEquals("2", value.toUtf8());
      batch.rollback(mark);
      assertEquals(Lookup.FOUND, batch.find(Slice.of("b"), value));
      assertEquals("1", value.toUtf8());
      assertEquals(Lookup.ABSENT, batch.find(Slice.of("a"), value));
    }
  }

  @Test
  void rangeThatHoldsNoKeyIsRefusedAndLeavesNothingBehind() {
    WriteBatch batch = new WriteBatch();
    assertThrows(
        IllegalArgumentException.class, () -> batch.deleteRange(Slice.of("b"), Slice.of("a")));
    assertThrows(
        IllegalArgumentException.class, () -> batch.deleteRange(Slice.of("a"), new Slice()));
    assertTrue(batch.isEmpty());
    assertEquals(0, batch.rangeDeleteCount());
  }

  private static List<String> operations(Slice encoded) {
    List<String> seen = new ArrayList<>();
    BatchReader.read(encoded, recorder(seen));
    return seen;
  }

  private static BatchVisitor recorder(List<String> into) {
    return new BatchVisitor() {
      @Override
      public void put(Slice key, Slice value) {
        into.add("put " + key.toUtf8() + "=" + value.toUtf8());
      }

      @Override
      public void delete(Slice key) {
        into.add("delete " + key.toUtf8());
      }

      @Override
      public void deleteRange(Slice start, Slice end) {
        into.add(
            "delete range "
                + start.toUtf8()
                + ".."
                + (KeyRange.isEndless(end) ? "" : end.toUtf8()));
      }
    };
  }
}
