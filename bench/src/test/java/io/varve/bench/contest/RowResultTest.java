package io.varve.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.bench.contest.RowResult.Ratios;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowResultTest {

  @Test
  void moreThanOneIsForVarveInRatesAndInCosts() {
    Ratios ratios = Ratios.between(Measures.costing(200, 1), Measures.costing(100, 4));
    assertEquals(2, ratios.perSecond());
    assertEquals(4, ratios.p99());
    assertEquals(4, ratios.cpu());
    assertEquals(4, ratios.writeAmplification());
  }

  @Test
  void nothingAndNothingAreEqual() {
    assertEquals(1, Ratios.ofCosts(0, 0));
  }

  @Test
  void whatIsNotMeasuredHasNoRatio() {
    assertTrue(Double.isNaN(Ratios.ofCosts(Double.NaN, Double.NaN)));
    assertEquals("-", ContestTable.ratio(Double.NaN));
    assertEquals("-", ContestTable.ratio(Ratios.ofCosts(0, 3)));
  }

  @Test
  void ratioIsThatOfTheMedians() {
    RowResult result =
        RowResult.of(
            Row.READ_HIT,
            List.of(Measures.costing(10, 1), Measures.costing(30, 1), Measures.costing(1000, 1)),
            List.of(Measures.costing(10, 1), Measures.costing(10, 1), Measures.costing(5000, 1)));
    assertEquals(3, result.ratios().perSecond());
    assertEquals(3, result.rounds());
    assertEquals("read-hit", result.row());
  }
}
