package io.varve.server.types;

import java.util.ArrayList;
import java.util.List;

/// The cells of the geohash grid that cover a shape: the one around its center and those of its eight
/// neighbours that may hold a part, in the order in which Redis goes through them.
///
/// The grid is the finest whose cells, with their neighbours, hold the whole shape.
public final class GeoCells {

  /// A cell is all hashes from the first up to the end, not included.
  public record Cell(long first, long end) {}

  /// Half the length of the equator in the Mercator projection, in meters.
  private static final double MERCATOR_MAX = 20037726.37;

  /// Directions to the neighbours: east, north.
  private static final int[][] NEIGHBOURS = {
    {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}
  };

  private final GeoShape shape;
  private final double west;
  private final double south;
  private final double east;
  private final double north;
  private int steps;
  private long x;
  private long y;

  private GeoCells(GeoShape shape) {
    this.shape = shape;
    GeoPoint center = shape.center();
    double latitudes = GeoPoint.degrees(shape.halfHeight() / GeoPoint.EARTH_RADIUS);
    // The parallel nearer to the pole is the shorter one: the shape spans more degrees there.
    double outer = center.latitude() + (center.latitude() < 0 ? -latitudes : latitudes);
    double longitudes =
        GeoPoint.degrees(
            shape.halfWidth() / GeoPoint.EARTH_RADIUS / Math.cos(GeoPoint.radians(outer)));
    this.west = center.longitude() - longitudes;
    this.east = center.longitude() + longitudes;
    this.south = center.latitude() - latitudes;
    this.north = center.latitude() + latitudes;
    locate(estimateSteps(shape.reach(), center.latitude()));
    if (steps > 1 && !neighboursReach()) {
      locate(steps - 1);
    }
  }

  public static List<Cell> covering(GeoShape shape) {
    return new GeoCells(shape).cells();
  }

  private List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    cells.add(cell(0, 0));
    for (int[] direction : NEIGHBOURS) {
      if (isUseful(direction[0], direction[1])) {
        Cell cell = cell(direction[0], direction[1]);
        // On the coarsest grids neighbours on both sides are the same cell.
        if (!cell.equals(cells.getLast())) {
          cells.add(cell);
        }
      }
    }
    return cells;
  }

  /// Bits for each coordinate so that a cell is about as large as what is searched.
  private static int estimateSteps(double reach, double latitude) {
    if (reach == 0) {
      return Geohash.STEPS;
    }
    int estimate = -1;
    for (double meters = reach; meters < MERCATOR_MAX; meters *= 2) {
      estimate++;
    }
    if (Math.abs(latitude) > 66) {
      estimate -= Math.abs(latitude) > 80 ? 2 : 1;
    }
    return Math.clamp(estimate, 1, Geohash.STEPS);
  }

  private void locate(int newSteps) {
    steps = newSteps;
    x = Geohash.part(shape.center().longitude(), Geohash.LONGITUDE_MAX, steps);
    y = Geohash.part(shape.center().latitude(), Geohash.LATITUDE_MAX, steps);
  }

  private boolean neighboursReach() {
    return latitude(wrap(y + 1) + 1) >= north
        && latitude(wrap(y - 1)) <= south
        && longitude(wrap(x + 1) + 1) >= east
        && longitude(wrap(x - 1)) <= west;
  }

  /// Whether the shape reaches over the edge of the central cell in a direction.
  private boolean isUseful(int eastwards, int northwards) {
    if (steps < 2) {
      return true;
    }
    boolean useless =
        (northwards < 0 && latitude(y) < south)
            || (northwards > 0 && latitude(y + 1) > north)
            || (eastwards < 0 && longitude(x) < west)
            || (eastwards > 0 && longitude(x + 1) > east);
    return !useless;
  }

  private Cell cell(int eastwards, int northwards) {
    long hash = Geohash.interleave(neighbour(x, eastwards), neighbour(y, northwards));
    int shift = 2 * (Geohash.STEPS - steps);
    return new Cell(hash << shift, (hash + 1) << shift);
  }

  /// On the last edge of the map a point is in a part behind the last, as in Redis.
  private long neighbour(long part, int direction) {
    return direction == 0 ? part : wrap(part + direction);
  }

  private long wrap(long part) {
    return part & ((1L << steps) - 1);
  }

  private double longitude(long part) {
    return Geohash.edge(part, Geohash.LONGITUDE_MAX, steps);
  }

  private double latitude(long part) {
    return Geohash.edge(part, Geohash.LATITUDE_MAX, steps);
  }
}
