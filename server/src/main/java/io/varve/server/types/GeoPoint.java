package io.varve.server.types;

/// A place on the earth, in degrees.
public record GeoPoint(double longitude, double latitude) {

  /// Radius in meters of the sphere that Redis takes the earth for.
  static final double EARTH_RADIUS = 6372797.560856;

  /// Meters to another place on a great circle, by the haversine formula.
  public double distance(GeoPoint other) {
    double latitude1 = radians(latitude);
    double latitude2 = radians(other.latitude);
    double v = Math.sin((radians(other.longitude) - radians(longitude)) / 2);
    if (v == 0) {
      return latitudeDistance(other);
    }
    double u = Math.sin((latitude2 - latitude1) / 2);
    return 2.0
        * EARTH_RADIUS
        * Math.asin(Math.sqrt(u * u + Math.cos(latitude1) * Math.cos(latitude2) * v * v));
  }

  /// Meters to the latitude of another place.
  double latitudeDistance(GeoPoint other) {
    return EARTH_RADIUS * Math.abs(radians(other.latitude) - radians(latitude));
  }

  static double radians(double degrees) {
    return degrees * (Math.PI / 180.0);
  }

  static double degrees(double radians) {
    return radians / (Math.PI / 180.0);
  }
}
