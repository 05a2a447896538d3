package io.varve.server.config;

import java.util.Locale;

/// Sizes as redis.conf writes them: `512`, `1k` is 1000 bytes, `1kb` is 1024, likewise `m mb g gb`.
public final class MemorySize {

  private MemorySize() {}

  /// @throws ConfigurationException if the text is no size, or exceeds 63 bits
  public static long parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < lower.length() && lower.charAt(digits) >= '0' && lower.charAt(digits) <= '9') {
      digits++;
    }
    long unit =
        switch (lower.substring(digits)) {
          case "", "b" -> 1L;
          case "k" -> 1000L;
          case "kb" -> 1L << 10;
          case "m" -> 1000L * 1000;
          case "mb" -> 1L << 20;
          case "g" -> 1000L * 1000 * 1000;
          case "gb" -> 1L << 30;
          default -> 0L;
        };
    if (digits == 0 || unit == 0) {
      throw new ConfigurationException("argument must be a memory value");
    }
    try {
      return Math.multiplyExact(Long.parseLong(lower.substring(0, digits)), unit);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new ConfigurationException("argument must be a memory value");
    }
  }

  /// With the largest unit that divides it: `64mb`, `1000`.
  static String format(long bytes) {
    if (bytes > 0 && bytes % (1L << 30) == 0) {
      return (bytes >> 30) + "gb";
    }
    if (bytes > 0 && bytes % (1L << 20) == 0) {
      return (bytes >> 20) + "mb";
    }
    if (bytes > 0 && bytes % (1L << 10) == 0) {
      return (bytes >> 10) + "kb";
    }
    return Long.toString(bytes);
  }
}
