package io.varve.server.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/// Moments as people and scripts write them.
final class TimeText {

  /// Smaller numbers are seconds: as milliseconds they would lie in the first months of 1970.
  private static final long MILLIS_FROM = 100_000_000_000L;

  private TimeText() {}

  /// Milliseconds since 1970 of an ISO 8601 time, with or without a zone, or of a number of seconds or
  /// milliseconds.
  ///
  /// @throws IllegalArgumentException saying what is understood
  static long parse(String text) {
    try {
      if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        long number = Long.parseLong(text);
        return number < MILLIS_FROM ? 1000 * number : number;
      }
      return parseIso(text).toEpochMilli();
    } catch (DateTimeException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "no time: '"
              + text
              + "'; understood are 2026-03-01T12:00:00Z, 2026-03-01T12:00:00+01:00,"
              + " 2026-03-01T12:00:00 (local), and seconds or milliseconds since 1970",
          e);
    }
  }

  private static Instant parseIso(String text) {
    boolean zoned = text.endsWith("Z") || text.lastIndexOf('+') > 0 || text.lastIndexOf('-') > 10;
    return zoned
        ? OffsetDateTime.parse(text).toInstant()
        : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
  }
}
