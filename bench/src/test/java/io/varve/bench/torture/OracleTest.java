package io.varve.bench.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Histories of two keys, and what the oracle says of what is found afterwards.
class OracleTest {

  private static final int A = 0;
  private static final int B = 1;

  private final Oracle oracle = new Oracle("t:", 2, 7);
  private final Tally tally = new Tally();

  @Test
  void whatWasAcknowledgedIsClean() {
    acknowledged(A, true);
    acknowledged(B, true);
    acknowledged(B, false);
    check(value(A, 1), null);
    assertTrue(tally.isClean(), tally::toString);
  }

  @Test
  void acknowledgedValueThatIsGoneIsLost() {
    acknowledged(A, true);
    check(null, null);
    assertCounts("lost 1, resurrected 0, wrong 0");
  }

  @Test
  void olderValueThanTheAcknowledgedIsLost() {
    acknowledged(A, true);
    acknowledged(A, true);
    check(value(A, 1), null);
    assertCounts("lost 1, resurrected 0, wrong 0");
  }

  @Test
  void deletedValueThatIsBackIsResurrected() {
    acknowledged(A, true);
    acknowledged(A, false);
    check(value(A, 1), null);
    assertCounts("lost 0, resurrected 1, wrong 0");
  }

  @Test
  void valueThatNobodyWroteIsWrong() {
    acknowledged(A, true);
    acknowledged(B, true);
    check(value(A, 1) + "x", value(A, 1));
    assertCounts("lost 0, resurrected 0, wrong 2");
  }

  @Test
  void refusedWriteThatIsThereIsWrong() {
    acknowledged(A, true);
    oracle.send(A, true);
    oracle.refuse();
    check(value(A, 2), null);
    assertCounts("lost 0, resurrected 0, wrong 1");
  }

  @Test
  void pendingWritesMayBeThereUpToAnyOfThem() {
    acknowledged(A, true);
    oracle.send(A, true);
    oracle.send(B, true);
    check(value(A, 2), null);
    assertTrue(tally.isClean(), tally::toString);
  }

  @Test
  void laterPendingWriteWithoutAnEarlierOneIsWrong() {
    oracle.send(A, true);
    oracle.send(B, true);
    check(null, value(B, 1));
    assertCounts("lost 0, resurrected 0, wrong 1");
  }

  @Test
  void whatAFaultLeftIsWhatTheNextOneMustLeave() {
    oracle.send(A, true);
    check(value(A, 1), null);
    assertTrue(tally.isClean(), tally::toString);
    check(null, null);
    assertCounts("lost 1, resurrected 0, wrong 0");
  }

  @Test
  void pendingWriteThatWasNotThereMustNotComeLater() {
    acknowledged(A, true);
    oracle.send(A, true);
    check(value(A, 1), null);
    check(value(A, 2), null);
    assertCounts("lost 0, resurrected 0, wrong 1");
  }

  private void acknowledged(int key, boolean put) {
    oracle.send(key, put);
    oracle.acknowledge();
  }

  private String value(int key, long number) {
    return oracle.value(key, number);
  }

  private void check(@Nullable String a, @Nullable String b) {
    List<@Nullable String> readings = Arrays.asList(a, b);
    oracle.check(readings, tally);
  }

  private void assertCounts(String counts) {
    assertFalse(tally.isClean());
    String line = tally.toString().lines().findFirst().orElseThrow();
    assertEquals(counts + ", hung 0", line.substring(line.indexOf("lost ")));
  }
}
