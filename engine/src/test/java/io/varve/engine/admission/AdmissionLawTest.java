package io.varve.engine.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// The law is monotone, smooth and never zero.
class AdmissionLawTest {

  private static final double MIB = 1 << 20;
  private static final WorkRates RATES = new WorkRates(200 * MIB, 100 * MIB, 5);

  @Test
  void withoutDebtThereIsNoLimit() {
    assertEquals(AdmissionLaw.UNLIMITED, AdmissionLaw.rate(WriteDebt.NONE, RATES));
  }

  @Test
  void halfOfTheDebtIsWorthWhatIsSustainable() {
    assertEquals(20 * MIB, AdmissionLaw.rate(new WriteDebt(0, 0.5, 0), RATES), 1);
    assertEquals(20 * MIB, AdmissionLaw.rate(new WriteDebt(0, 0, 0.5), RATES), 1);
    assertEquals(200 * MIB, AdmissionLaw.rate(new WriteDebt(0.5, 0, 0), RATES), 1);
    assertEquals(20 * MIB, RATES.sustainableBytesPerSecond());
  }

  @Test
  void moreDebtNeverAdmitsMoreAndNothingJumps() {
    for (int part = 0; part < 3; part++) {
      double last = AdmissionLaw.UNLIMITED;
      for (int i = 1; i <= 1000; i++) {
        double rate = AdmissionLaw.rate(debt(part, i / 1000.0), RATES);
        assertTrue(rate <= last, "part " + part + " at " + i);
        assertTrue(rate >= AdmissionLaw.RATE_MIN);
        // A thousandth of the way moves the rate by a few percent once it is in anybody's reach.
        assertTrue(i < 100 || rate > last * 0.94, "part " + part + " at " + i);
        last = rate;
      }
    }
  }

  @Test
  void theWorstOfDebtsAdmitsATrickle() {
    double rate = AdmissionLaw.rate(new WriteDebt(1, 1, 1), RATES);
    assertEquals(20 * MIB / 16, rate, 1);
    WorkRates slow = new WorkRates(1, 1, 1);
    assertEquals(AdmissionLaw.RATE_MIN, AdmissionLaw.rate(new WriteDebt(1, 1, 1), slow));
  }

  @Test
  void whatIsFineOwesNothingAndWhatIsTooMuchOwesAll() {
    assertEquals(0, WriteDebt.fill(11, 12, 32));
    assertEquals(0, WriteDebt.fill(12, 12, 32));
    assertEquals(0.5, WriteDebt.fill(22, 12, 32));
    assertEquals(1, WriteDebt.fill(32, 12, 32));
    assertEquals(1, WriteDebt.fill(99, 12, 32));
    assertEquals(1, WriteDebt.fill(3, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> new WriteDebt(0, 1.1, 0));
    assertThrows(IllegalArgumentException.class, () -> new WriteDebt(Double.NaN, 0, 0));
  }

  private static WriteDebt debt(int part, double fill) {
    return new WriteDebt(part == 0 ? fill : 0, part == 1 ? fill : 0, part == 2 ? fill : 0);
  }
}
