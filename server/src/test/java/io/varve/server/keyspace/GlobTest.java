package io.varve.server.keyspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.engine.bytes.Slice;
import org.junit.jupiter.api.Test;

class GlobTest {

  @Test
  void patternsMatchAsInRedis() {
    String table =
        """
        *         anything  true
        a*        abc       true
        a*c       abc       true
        a*c       abd       false
        a?c       abc       true
        a?c       ac        false
        a[bc]d    abd       true
        a[^bc]d   abd       false
        a[^bc]d   aed       true
        a[a-c]d   acd       true
        a[c-a]d   abd       true
        a[\\]]d   a]d       true
        a\\*d     a*d       true
        a\\*d     abd       false
        a[bc      ab        true
        a**b      ab        true
        *a*b*c*   xaxbxcx   true
        *a*b*c*   xaxcxbx   false
        abc       abcd      false
        """;
    for (String line : table.lines().toList()) {
      String[] cells = line.strip().split(" +", -1);
      Glob glob = new Glob(Slice.of(cells[0].replace("\\\\", "\\")));
      assertEquals(Boolean.valueOf(cells[2]), glob.matches(Slice.of(cells[1])), line);
    }
  }

  @Test
  void theLiteralBeginningOfAPatternIsItsPrefix() {
    assertEquals(Slice.of("user:1*"), new Glob(Slice.of("user:1\\*?x")).prefix());
    assertEquals(Slice.of(""), new Glob(Slice.of("[ab]c")).prefix());
  }

  @Test
  void aHostilePatternIsRefusedAndDoesNotHang() {
    Glob glob = new Glob(Slice.of("*" + "a".repeat(30_000) + "b"));
    Slice text = Slice.of("a".repeat(60_000));
    assertThrows(RefusedException.class, () -> glob.matches(text));
  }
}
