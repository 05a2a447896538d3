package io.varve.server.types;

/// Places on the earth as whole numbers, as Redis keeps them in the scores of sorted sets.
///
/// Longitude and latitude are each cut into 2^26 parts and the numbers of the parts interleaved, the
/// longitude's bits first: 52 bits, which a score holds exactly. Cells of a coarser grid are ranges of
/// such numbers. The latitude ends where the square of the Web Mercator projection does. Stateless.
public final class Geohash {

  public static final double LONGITUDE_MAX = 180;
  public static final double LATITUDE_MAX = 85.05112878;

  /// Bits for each coordinate.
  public static final int STEPS = 26;

  /// Characters of the textual form, of five bits each.
  private static final int TEXT_CHARS = 11;

  private static final double TEXT_LATITUDE_MAX = 90;

  private static final String ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";

  private Geohash() {}

  public static boolean isInRange(double longitude, double latitude) {
    return Math.abs(longitude) <= LONGITUDE_MAX && Math.abs(latitude) <= LATITUDE_MAX;
  }

  public static long of(double longitude, double latitude) {
    return interleave(part(longitude, LONGITUDE_MAX, STEPS), part(latitude, LATITUDE_MAX, STEPS));
  }

  /// The middle of the smallest cell.
  public static GeoPoint point(long hash) {
    long x = squeeze(hash >>> 1);
    long y = squeeze(hash);
    double longitude = (edge(x, LONGITUDE_MAX, STEPS) + edge(x + 1, LONGITUDE_MAX, STEPS)) / 2;
    double latitude = (edge(y, LATITUDE_MAX, STEPS) + edge(y + 1, LATITUDE_MAX, STEPS)) / 2;
    return new GeoPoint(
        Math.clamp(longitude, -LONGITUDE_MAX, LONGITUDE_MAX),
        Math.clamp(latitude, -LATITUDE_MAX, LATITUDE_MAX));
  }

  /// The form that geohash.org knows, in which the latitude goes up to the poles.
  public static String text(GeoPoint point) {
    long hash =
        interleave(
            part(point.longitude(), LONGITUDE_MAX, STEPS),
            part(point.latitude(), TEXT_LATITUDE_MAX, STEPS));
    StringBuilder text = new StringBuilder(TEXT_CHARS);
    for (int i = 1; i < TEXT_CHARS; i++) {
      text.append(ALPHABET.charAt((int) (hash >>> (2 * STEPS - 5 * i)) & 31));
    }
    // Two bits are left for the last character; Redis writes a zero.
    return text.append(ALPHABET.charAt(0)).toString();
  }

  /// In which of 2^steps parts a coordinate falls.
  static long part(double coordinate, double max, int steps) {
    return (long) ((coordinate + max) / (2 * max) * (1L << steps));
  }

  /// Where a part begins.
  static double edge(long part, double max, int steps) {
    return -max + ((double) part / (1L << steps)) * (2 * max);
  }

  static long interleave(long x, long y) {
    return (spread(x) << 1) | spread(y);
  }

  /// Puts a zero in front of each bit.
  private static long spread(long bits) {
    long b = bits & 0xffffffffL;
    b = (b | (b << 16)) & 0x0000ffff0000ffffL;
    b = (b | (b << 8)) & 0x00ff00ff00ff00ffL;
    b = (b | (b << 4)) & 0x0f0f0f0f0f0f0f0fL;
    b = (b | (b << 2)) & 0x3333333333333333L;
    return (b | (b << 1)) & 0x5555555555555555L;
  }

  /// Takes every other bit: undoes [#spread].
  private static long squeeze(long bits) {
    long b = bits & 0x5555555555555555L;
    b = (b | (b >>> 1)) & 0x3333333333333333L;
    b = (b | (b >>> 2)) & 0x0f0f0f0f0f0f0f0fL;
    b = (b | (b >>> 4)) & 0x00ff00ff00ff00ffL;
    b = (b | (b >>> 8)) & 0x0000ffff0000ffffL;
    return (b | (b >>> 16)) & 0xffffffffL;
  }
}
