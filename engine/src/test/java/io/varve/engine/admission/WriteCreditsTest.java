package io.varve.engine.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.admission.WriteCredits.Spender;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Writers pause for what they wrote, for as long as the rate wants and no longer.
class WriteCreditsTest {

  private static final double MIB = 1 << 20;

  private long now = 1_000_000_000;
  private final WriteCredits credits = new WriteCredits(() -> now);

  @Test
  void withoutALimitNobodyPauses() {
    var writer = new Spender();
    for (int i = 0; i < 1000; i++) {
      credits.spend(writer, 1 << 20);
      assertEquals(0, credits.pauseNanos(writer));
    }
    assertEquals(0, credits.pauses());
  }

  @Test
  void aWriterGetsTheRateAndPausesInSmallPieces() {
    credits.setBytesPerSecond(10 * MIB);
    var writer = new Spender();
    long start = now;
    for (int i = 0; i < 100; i++) {
      write(writer, 1 << 20);
    }
    double seconds = (now - start) / 1e9;
    assertEquals(10, seconds, 0.1);
    assertEquals(100, credits.pauses());
    assertEquals(10, credits.pausedNanos() / 1e9, 0.1);
    assertEquals(100, credits.longestPauseNanos() / 1e6, 1);
  }

  @Test
  void whatIsTooLittleForAPauseIsRememberedAndNotForgiven() {
    credits.setBytesPerSecond(10 * MIB);
    var writer = new Spender();
    long start = now;
    for (int i = 0; i < 100_000; i++) {
      write(writer, 100);
    }
    assertEquals(100_000 * 100 / (10 * MIB), (now - start) / 1e9, 0.02);
    assertTrue(credits.pauses() < 1_100, "pauses " + credits.pauses());
  }

  @Test
  void whoIsSlowerThanTheRateNeverPauses() {
    credits.setBytesPerSecond(10 * MIB);
    var writer = new Spender();
    for (int i = 0; i < 1000; i++) {
      credits.spend(writer, 9_000);
      assertEquals(0, credits.pauseNanos(writer), "write " + i);
      now += TimeUnit.MILLISECONDS.toNanos(1);
    }
  }

  @Test
  void aSmallWriterDoesNotPayForALargeOne() {
    credits.setBytesPerSecond(10 * MIB);
    var large = new Spender();
    var small = new Spender();
    credits.spend(large, 10 << 20);
    credits.spend(small, 10 << 10);
    assertTrue(credits.pauseNanos(large) > 0);
    // Two writers: 10 KiB at 5 MiB/s.
    assertEquals(0, credits.pauseNanos(small));
    credits.spend(small, 90 << 10);
    // Two writers: 100 KiB at 5 MiB/s, and 5 ms of slack.
    assertEquals(14.5 - 4.5, credits.pauseNanos(small) / 1e6, 0.1);
  }

  @Test
  void whatTheSmallDoNotUseTheLargeGets() {
    credits.setBytesPerSecond(10 * MIB);
    var large = new Spender();
    Spender[] small = new Spender[9];
    java.util.Arrays.setAll(small, _ -> new Spender());
    long largeFree = now;
    long largeBytes = 0;
    long smallPaused = 0;
    long start = now;
    for (int millis = 0; millis < 20_000; millis++) {
      now = start + TimeUnit.MILLISECONDS.toNanos(millis);
      // Each small one writes 100 KiB/s: a tenth of its share.
      if (millis % 10 == 0) {
        for (Spender each : small) {
          credits.spend(each, 1 << 10);
          smallPaused += credits.pauseNanos(each);
        }
      }
      if (now >= largeFree) {
        long pause = credits.pauseNanos(large);
        if (pause == 0) {
          credits.spend(large, 64 << 10);
          largeBytes += 64 << 10;
          pause = credits.pauseNanos(large);
        }
        largeFree = now + pause;
      }
    }
    double rest = 10 * MIB - 900 * 1024;
    assertEquals(1, largeBytes / 20.0 / rest, 0.1);
    assertEquals(0, smallPaused);
  }

  @Test
  void equalWritersGetEqualShares() {
    credits.setBytesPerSecond(10 * MIB);
    Spender[] writers = new Spender[10];
    java.util.Arrays.setAll(writers, _ -> new Spender());
    long[] free = new long[10];
    long[] bytes = new long[10];
    long start = now;
    for (int millis = 0; millis < 20_000; millis++) {
      now = start + TimeUnit.MILLISECONDS.toNanos(millis);
      for (int i = 0; i < 10; i++) {
        if (now >= free[i]) {
          long pause = credits.pauseNanos(writers[i]);
          if (pause == 0) {
            credits.spend(writers[i], 16 << 10);
            bytes[i] += 16 << 10;
            pause = credits.pauseNanos(writers[i]);
          }
          free[i] = now + pause;
        }
      }
    }
    long sum = 0;
    for (long each : bytes) {
      assertEquals(1, each / 20.0 / MIB, 0.15);
      sum += each;
    }
    assertEquals(1, sum / 20.0 / (10 * MIB), 0.1);
  }

  @Test
  void aLimitThatIsLiftedLetsEverybodyGo() {
    credits.setBytesPerSecond(1 * MIB);
    var writer = new Spender();
    credits.spend(writer, 100 << 20);
    assertEquals(WriteCredits.PAUSE_NANOS_MAX, credits.pauseNanos(writer));
    credits.setBytesPerSecond(AdmissionLaw.UNLIMITED);
    assertEquals(0, credits.pauseNanos(writer));
    credits.setBytesPerSecond(1 * MIB);
    assertEquals(0, credits.pauseNanos(writer));
  }

  @Test
  void thereIsNoFullStop() {
    assertThrows(IllegalArgumentException.class, () -> credits.setBytesPerSecond(0));
    assertThrows(IllegalArgumentException.class, () -> credits.setBytesPerSecond(Double.NaN));
  }

  private void write(Spender writer, long bytes) {
    credits.spend(writer, bytes);
    long pause = credits.pauseNanos(writer);
    while (pause > 0) {
      assertTrue(pause <= WriteCredits.PAUSE_NANOS_MAX);
      now += pause;
      pause = credits.pauseNanos(writer);
    }
  }
}
