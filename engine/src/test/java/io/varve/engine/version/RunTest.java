package io.varve.engine.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunTest {

  private static TableMetadata table(long number, String from, String to) {
    return new TableMetadata(number, 1, 1, 0, 1, Slice.of(from), Slice.of(to), 1, 1);
  }

  @Test
  void theOnlyTableThatCanHoldAKeyIsFound() {
    Run run = new Run(5, List.of(table(3, "m", "p"), table(2, "b", "d"), table(4, "q", "q")));
    assertNull(run.find(Slice.of("a")));
    assertNumber(2, run.find(Slice.of("b")));
    assertNumber(2, run.find(Slice.of("d")));
    assertNull(run.find(Slice.of("da")));
    assertNull(run.find(Slice.of("lzz")));
    assertNumber(3, run.find(Slice.of("o")));
    assertNumber(4, run.find(Slice.of("q")));
    assertNull(run.find(Slice.of("qa")));
  }

  private static void assertNumber(long number, TableMetadata table) {
    assertNotNull(table);
    assertEquals(number, table.fileNumber());
  }

  @Test
  void tablesOfOneRunMayNotOverlapNotEvenInOneKey() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Run(5, List.of(table(2, "b", "d"), table(3, "d", "f"))));
  }

  @Test
  void gapsDoNotOverlap() {
    Run run = new Run(5, List.of(table(2, "b", "d"), table(3, "m", "p")));
    assertFalse(run.overlaps(Slice.of("e"), Slice.of("l")));
    assertTrue(run.overlaps(Slice.of("e"), Slice.of("m")));
    assertTrue(run.overlaps(Slice.of("a"), Slice.of("z")));
    assertFalse(run.overlaps(Slice.of("q"), Slice.of("z")));
  }

  @Test
  void keysAreCopiedWhenATableIsDescribed() {
    byte[] key = {'a'};
    TableMetadata table = new TableMetadata(1, 1, 1, 0, 1, Slice.of(key), Slice.of(key), 1, 1);
    key[0] = 'z';
    assertEquals("a", table.smallestKey().toString());
  }

  @Test
  void findingATableAllocatesNothing() {
    Run run = new Run(5, List.of(table(2, "b", "d"), table(3, "m", "p"), table(4, "q", "q")));
    Version version = Version.of(List.of(List.of(run)));
    Slice key = Slice.of("n");
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long found = 0;
    for (int i = 0; i < 20_000; i++) {
      found += look(version, key);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 20_000; i++) {
      found += look(version, key);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(40_000 * 3, found);
    assertTrue(allocated < 20_000, allocated + " bytes for 20,000 look-ups");
  }

  private static long look(Version version, Slice key) {
    long sum = 0;
    for (int age = 0; age < version.runCount(); age++) {
      TableMetadata table = version.run(age).find(key);
      sum += table == null ? 0 : table.fileNumber();
    }
    return sum;
  }
}
