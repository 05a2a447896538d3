package io.varve.server.types;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.RefusedException;
import org.junit.jupiter.api.Test;

class LongDoubleTest {

  @Test
  void sumsPrintAsOnX86() {
    assertEquals("10.6", sum("10.50", "0.1"));
    assertEquals("5200", sum("5.0e3", "2.0e2"));
    assertEquals("0.3", sum("0.1", "0.2"));
    assertEquals("24.5", sum("0x18", "0x.8"));
    assertEquals("-32", sum("-0x1p5", "0"));
    // More digits than a double holds.
    assertEquals("18446744073709551615", sum("0xffffffffffffffff", "0"));
    assertEquals("0", sum("1", "-1"));
    assertEquals("0", sum("1e-30", "0"));
    assertEquals("17179869185.5", sum("17179869184", "1.5"));
    assertEquals("100000000000000000000", sum("1e20", "1"));
    assertEquals("-0.00000000000000001", sum("-0.00000000000000001", "0"));
  }

  @Test
  void textsThatAreNoNumbersAreRefused() {
    for (String text :
        new String[] {
          "", " 1", "1 ", "abc", "1e", "1d", "1e5000", "nan", "--1", "0x", "0xg", "0x1p", "1x1"
        }) {
      assertThrows(RefusedException.class, () -> LongDouble.parse(Slice.of(text)), text);
    }
  }

  private static String sum(String a, String b) {
    return LongDouble.format(
        LongDouble.sum(LongDouble.parse(Slice.of(a)), LongDouble.parse(Slice.of(b))));
  }
}
