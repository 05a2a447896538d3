package io.varve.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DoubleTextTest {

  @Test
  void wholeNumbersHaveNoPoint() {
    assertEquals("0", DoubleText.of(0.0));
    assertEquals("-0", DoubleText.of(-0.0));
    assertEquals("3", DoubleText.of(3.0));
    assertEquals("-17", DoubleText.of(-17.0));
    assertEquals("1000000000000", DoubleText.of(1e12));
    assertEquals("4503599627370495", DoubleText.of(4503599627370495.0));
    assertEquals("9007199254740992", DoubleText.of(9007199254740992.0));
  }

  @Test
  void fractionsHaveTheFewestDigits() {
    assertEquals("0.1", DoubleText.of(0.1));
    assertEquals("3.14", DoubleText.of(3.14));
    assertEquals("-2.5", DoubleText.of(-2.5));
    assertEquals("0.30000000000000004", DoubleText.of(0.1 + 0.2));
    assertEquals("0.001", DoubleText.of(0.001));
    assertEquals("0.000001", DoubleText.of(1e-6));
    assertEquals("1e-7", DoubleText.of(1e-7));
    assertEquals("1.5e-10", DoubleText.of(1.5e-10));
    assertEquals("123456.789", DoubleText.of(123456.789));
  }

  @Test
  void largeNumbersHaveAnExponent() {
    assertEquals("1e+20", DoubleText.of(1e20));
    assertEquals("-1.2e+100", DoubleText.of(-1.2e100));
    assertEquals("1.7976931348623157e+308", DoubleText.of(Double.MAX_VALUE));
    assertEquals("4.9e-324", DoubleText.of(Double.MIN_VALUE));
  }

  @Test
  void everyTextReadsBackAsTheSameNumber() {
    long seed = new Random().nextLong();
    System.out.println("DoubleTextTest seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertEquals(value, Double.parseDouble(DoubleText.of(value)), "seed " + seed);
      }
    }
  }
}
