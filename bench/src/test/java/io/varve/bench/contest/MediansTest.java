package io.varve.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class MediansTest {

  @Test
  void middleOfAnOddNumberInWhateverOrder() {
    assertEquals(3, Medians.median(9, 1, 3));
    assertEquals(7, Medians.median(7));
  }

  @Test
  void evenNumberGivesTheMeanOfTheTwoInTheMiddle() {
    assertEquals(2.5, Medians.median(4, 1, 2, 3));
  }

  @Test
  void nothingHasNoMedian() {
    assertThrows(IllegalArgumentException.class, Medians::median);
  }

  @Test
  void eachFigureHasItsOwnMedian() {
    Measure median =
        Medians.of(
            List.of(
                Measures.costing(100, 30), Measures.costing(300, 10), Measures.costing(200, 20)));
    assertEquals(200, median.perSecond());
    assertEquals(20, median.p99Micros());
  }

  @Test
  void wrongAnswersAreAddedUpAndNotAveragedAway() {
    Measure median =
        Medians.of(List.of(Measures.failing(0), Measures.failing(0), Measures.failing(2)));
    assertEquals(2, median.failures());
  }
}
