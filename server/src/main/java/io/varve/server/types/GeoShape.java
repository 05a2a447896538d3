package io.varve.server.types;

/// What a search looks in. Lengths in meters.
public sealed interface GeoShape {

  GeoPoint center();

  /// Half of the extent from west to east.
  double halfWidth();

  /// Half of the extent from south to north.
  double halfHeight();

  /// From the center to what is farthest.
  double reach();

  /// The distance of a point from the center, or NaN if it is outside.
  double distanceWithin(GeoPoint point);

  /// Within a distance.
  record Circle(GeoPoint center, double radius) implements GeoShape {
    @Override
    public double halfWidth() {
      return radius;
    }

    @Override
    public double halfHeight() {
      return radius;
    }

    @Override
    public double reach() {
      return radius;
    }

    @Override
    public double distanceWithin(GeoPoint point) {
      double distance = center.distance(point);
      return distance > radius ? Double.NaN : distance;
    }
  }

  /// Within a rectangle along the parallels.
  record Box(GeoPoint center, double width, double height) implements GeoShape {
    @Override
    public double halfWidth() {
      return width / 2;
    }

    @Override
    public double halfHeight() {
      return height / 2;
    }

    @Override
    public double reach() {
      return Math.sqrt(halfWidth() * halfWidth() + halfHeight() * halfHeight());
    }

    @Override
    public double distanceWithin(GeoPoint point) {
      if (point.latitudeDistance(center) > halfHeight()) {
        return Double.NaN;
      }
      GeoPoint below = new GeoPoint(center.longitude(), point.latitude());
      return point.distance(below) > halfWidth() ? Double.NaN : center.distance(point);
    }
  }
}
