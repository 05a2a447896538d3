package io.varve.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class SelectionTest {

  @Test
  void everythingRunsUnlessSomethingIsNamed() {
    Selection all = Selection.of(List.of());
    assertEquals(Set.of(Row.values()), all.rows());
    assertEquals(Set.of(Target.values()), all.targets());
  }

  @Test
  void rowsAndTargetsAreNamedAlike() {
    Selection some = Selection.of(List.of("scan-100000", "cold-reads"));
    assertEquals(Set.of(Row.SCAN_100000), some.rows());
    assertEquals(Set.of(Target.COLD_READS), some.targets());
  }

  @Test
  void unknownNameIsRefusedWithTheKnownOnes() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> Selection.of(List.of("read-hits")));
    String message = refusal.getMessage();
    assertTrue(message.contains("read-hits") && message.contains("read-hit,"), message);
  }

  @Test
  void bytesTakeSuffixes() {
    ByteCount bytes = new ByteCount();
    assertEquals(4096, bytes.convert("4096"));
    assertEquals(256 << 10, bytes.convert("256k"));
    assertEquals(4L << 30, bytes.convert("4G"));
  }

  @Test
  void whatIsNoNumberOfBytesIsRefused() {
    ByteCount bytes = new ByteCount();
    for (String wrong : List.of("", "m", "1.5m", "four", "99999999999g")) {
      assertThrows(TypeConversionException.class, () -> bytes.convert(wrong), wrong);
    }
  }
}
