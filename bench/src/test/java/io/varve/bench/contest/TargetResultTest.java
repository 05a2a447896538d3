package io.varve.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.bench.contest.TargetResult.Verdict;
import org.junit.jupiter.api.Test;

class TargetResultTest {

  @Test
  void limitItselfIsStillMet() {
    assertEquals(Verdict.MET, verdict(5.5));
    assertEquals(Verdict.MISSED, verdict(5.51));
  }

  @Test
  void whatCouldNotBeMeasuredIsMissed() {
    assertEquals(Verdict.MISSED, verdict(Double.NaN));
  }

  @Test
  void whatHasNoLimitHasNoVerdict() {
    assertEquals(Verdict.NO_LIMIT, TargetResult.withoutLimit("pause", "ms", 1, 2, "").verdict());
  }

  private static Verdict verdict(double figure) {
    return TargetResult.atMost("write amplification", "", 5.5, figure, 10, "").verdict();
  }
}
