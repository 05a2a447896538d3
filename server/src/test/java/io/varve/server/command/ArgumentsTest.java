package io.varve.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.RequestBatch;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ArgumentsTest {

  private static Arguments of(String... args) {
    byte[][] bytes = new byte[args.length][];
    for (int i = 0; i < args.length; i++) {
      bytes[i] = args[i].getBytes(StandardCharsets.UTF_8);
    }
    return new Arguments().set(RequestBatch.of(bytes), 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 10, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1})
  void integersAreReadExactly(long value) {
    assertEquals(value, of("x", Long.toString(value)).longAt(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " 1",
        "1 ",
        "+1",
        "01",
        "-0",
        "-",
        "1.0",
        "1a",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551617",
        "99999999999999999999",
        "0x10"
      })
  void whatRedisDoesNotTakeForAnIntegerIsNone(String text) {
    Arguments args = of("x", text);
    assertFalse(args.isLong(1));
    CommandException error = assertThrows(CommandException.class, () -> args.longAt(1));
    assertEquals("ERR value is not an integer or out of range", error.reply());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1.5", "-.5", "1e3", "0x1p3", "0x10", "+3", "5.", "1E-5"})
  void numbersOfCAreNumbers(String text) {
    assertTrue(Double.isFinite(of("x", text).doubleAt(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " 1", "1 ", "nan", "NaN", "-nan", "1d", "1f", "0x1p3d", "1e", "abc", "--1", "."
      })
  void whatRedisDoesNotTakeForAFloatIsNone(String text) {
    Arguments args = of("x", text);
    CommandException error = assertThrows(CommandException.class, () -> args.doubleAt(1));
    assertEquals("ERR value is not a valid float", error.reply());
  }

  @Test
  void infinityIsANumberInAllItsSpellings() {
    assertEquals(Double.POSITIVE_INFINITY, of("inf").doubleAt(0));
    assertEquals(Double.POSITIVE_INFINITY, of("+Infinity").doubleAt(0));
    assertEquals(Double.NEGATIVE_INFINITY, of("-INF").doubleAt(0));
    assertEquals(16, of("0x10").doubleAt(0));
  }

  @Test
  void keywordsAreFoundInAnyCase() {
    Arguments args = of("x", "WithScores");
    assertTrue(args.is(1, "WITHSCORES"));
    assertFalse(args.is(1, "WITHSCORE"));
    assertFalse(of("x", "w{thscores").is(1, "WITHSCORES"));
  }

  @Test
  void slicesPastTheKeptOnesAreRightToo() {
    String[] many = new String[1000];
    for (int i = 0; i < many.length; i++) {
      many[i] = "arg" + i;
    }
    Arguments args = of(many);
    for (int i = 0; i < many.length; i++) {
      assertEquals(many[i], args.get(i).toUtf8());
    }
  }
}
