package io.varve.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class TimeTextTest {

  private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

  @Test
  void isoTimesWithAndWithoutAZoneAndNumbersAreUnderstood() {
    assertEquals(NOON, TimeText.parse("2026-03-01T12:00:00Z"));
    assertEquals(NOON, TimeText.parse("2026-03-01T13:00:00+01:00"));
    assertEquals(NOON, TimeText.parse("2026-03-01T07:00:00-05:00"));
    assertEquals(NOON + 250, TimeText.parse("2026-03-01T12:00:00.250Z"));
    long local =
        LocalDateTime.parse("2026-03-01T12:00").atZone(ZoneId.systemDefault()).toEpochSecond();
    assertEquals(1000 * local, TimeText.parse("2026-03-01T12:00"));
    assertEquals(NOON, TimeText.parse(Long.toString(NOON)));
    assertEquals(NOON, TimeText.parse(Long.toString(NOON / 1000)));
  }

  @Test
  void whatIsNoTimeIsRefusedWithExamples() {
    for (String text : new String[] {"", "yesterday", "2026-03-01", "99999999999999999999"}) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> TimeText.parse(text));
      assertTrue(refused.getMessage().contains("understood are"), refused.getMessage());
    }
  }
}
