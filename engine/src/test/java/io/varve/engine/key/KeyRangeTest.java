package io.varve.engine.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeyRangeTest {

  private static Slice bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return Slice.of(bytes);
  }

  private static Slice greatestKey() {
    byte[] key = new byte[InternalKey.USER_KEY_BYTES_MAX];
    Arrays.fill(key, (byte) 0xff);
    return Slice.of(key);
  }

  @Test
  void prefixEndsBeforeTheFirstKeyThatDoesNotHaveIt() {
    KeyRange range = KeyRange.ofPrefix(Slice.of("user:7:"));
    assertEquals(Slice.of("user:7;"), range.end());
    assertTrue(range.contains(Slice.of("user:7:")));
    assertTrue(range.contains(Slice.of("user:7:\uffff\uffff")));
    assertFalse(range.contains(Slice.of("user:7;")));
  }

  @Test
  void prefixThatEndsInFfCarries() {
    assertEquals(bytes(2), KeyRange.ofPrefix(bytes(1, 0xff, 0xff)).end());
    assertTrue(KeyRange.ofPrefix(bytes(1, 0xff)).contains(bytes(1, 0xff, 0xff, 0xff)));
  }

  @Test
  void prefixOfFfOnlyAndNoPrefixReachToTheLastKey() {
    for (Slice prefix : new Slice[] {bytes(0xff, 0xff), bytes()}) {
      KeyRange range = KeyRange.ofPrefix(prefix);
      assertTrue(KeyRange.isEndless(range.end()));
      assertTrue(range.contains(greatestKey()));
      assertEquals(prefix, range.start());
    }
    assertFalse(KeyRange.ofPrefix(bytes(0xff, 0xff)).contains(bytes(0xff, 0xfe)));
  }

  @Test
  void rangeWithoutAKeyIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new KeyRange(Slice.of("b"), Slice.of("a")));
    assertThrows(IllegalArgumentException.class, () -> new KeyRange(Slice.of("a"), Slice.of("a")));
    assertThrows(IllegalArgumentException.class, () -> new KeyRange(Slice.of("a"), new Slice()));
  }

  @Test
  void boundThatIsLongerThanAKeyIsRefused() {
    Slice tooLong = Slice.of(new byte[InternalKey.USER_KEY_BYTES_MAX + 1]);
    assertThrows(IllegalArgumentException.class, () -> new KeyRange(Slice.of(""), tooLong));
    assertThrows(IllegalArgumentException.class, () -> KeyRange.from(tooLong));
  }

  @Test
  void endIsWrittenAndReadBack() {
    assertEquals(Slice.of("m"), KeyRange.decodedEnd(KeyRange.encodedEnd(Slice.of("m"))));
    assertTrue(KeyRange.encodedEnd(KeyRange.END).isEmpty());
    assertTrue(KeyRange.isEndless(KeyRange.decodedEnd(new Slice())));
  }
}
