package io.varve.server.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Draws commands on places by lot: some in one town, some all over the world and at its edges.
final class RandomGeoCommands {

  private static final String[] KEYS = {"g", "h"};
  private static final String[] EDGES = {
    "180 85.05112878",
    "-180 -85.05112878",
    "0 0",
    "-180 0",
    "179.999 10",
    "181 0",
    "0 86",
    "x 1",
    "1 nan"
  };
  private static final String[] UNITS = {"m", "km", "ft", "mi", "KM", "yd"};

  private final SplittableRandom random;

  RandomGeoCommands(SplittableRandom random) {
    this.random = random;
  }

  String[] next() {
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> add();
      case 4 -> words("GEOPOS " + key() + " " + member() + " " + member());
      case 5 -> words("GEOHASH " + key() + " " + member() + " " + member());
      case 6 -> words("GEODIST " + key() + " " + member() + " " + member() + maybe(" " + unit()));
      case 7, 8, 9 -> words("GEOSEARCH " + key() + " " + from() + " " + by() + options());
      case 10 -> words("GEOSEARCHSTORE t " + key() + " " + from() + " " + by() + storeOptions());
      case 11 ->
          words(
              pick("GEORADIUS ", "GEORADIUS_RO ")
                  + key()
                  + " "
                  + place()
                  + " "
                  + radius()
                  + options());
      case 12 ->
          words(
              pick("GEORADIUSBYMEMBER ", "GEORADIUSBYMEMBER_RO ")
                  + key()
                  + " "
                  + member()
                  + " "
                  + radius()
                  + options());
      case 13 ->
          words(
              "GEORADIUS "
                  + key()
                  + " "
                  + place()
                  + " "
                  + radius()
                  + pick(" STORE", " STOREDIST")
                  + " t");
      case 14 -> words("ZRANGE " + pick("t", key()) + " 0 -1");
      default -> words("ZREM " + key() + " " + member());
    };
  }

  private String[] add() {
    List<String> all = new ArrayList<>(List.of("GEOADD", key()));
    if (random.nextInt(4) == 0) {
      all.add(pick("NX", "XX", "CH"));
    }
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      // Members at one place would come in any order.
      String place = place();
      int edge = List.of(EDGES).indexOf(place);
      all.addAll(List.of(words(place + " " + (edge < 0 ? member() : "edge" + edge))));
    }
    return all.toArray(String[]::new);
  }

  private String from() {
    return random.nextBoolean() ? "FROMMEMBER " + member() : "FROMLONLAT " + place();
  }

  private String by() {
    return random.nextBoolean()
        ? "BYRADIUS " + radius()
        : "BYBOX " + length() + " " + length() + " " + unit();
  }

  private String radius() {
    return length() + " " + unit();
  }

  private String options() {
    return maybe(pick(" ASC", " DESC"))
        + maybe(" COUNT " + pick("1", "3", "0", "x"))
        + (random.nextInt(8) == 0 ? " ANY" : "")
        + maybe(" WITHHASH")
        + maybe(" WITHDIST")
        + maybe(" WITHCOORD");
  }

  private String storeOptions() {
    return maybe(" COUNT 3") + (random.nextInt(10) == 0 ? pick(" WITHDIST", " STORE t") : "");
  }

  private String maybe(String option) {
    return random.nextInt(3) == 0 ? option : "";
  }

  private String place() {
    return switch (random.nextInt(12)) {
      case 0 -> pick(EDGES);
      case 1, 2, 3 -> coordinate(180) + " " + coordinate(85);
      default ->
          String.format(
              Locale.ROOT,
              "%.5f %.5f",
              17.6 + random.nextDouble() / 5,
              59.8 + random.nextDouble() / 5);
    };
  }

  private String coordinate(double max) {
    return String.format(Locale.ROOT, "%.3f", random.nextDouble(-max, max));
  }

  private String length() {
    return switch (random.nextInt(10)) {
      case 0 -> pick("0", "-1", "x");
      case 1 -> "25000000";
      case 2 -> "500000";
      default -> String.valueOf(random.nextInt(1, 20_000));
    };
  }

  private String unit() {
    return pick(UNITS);
  }

  private String key() {
    return random.nextInt(30) == 0 ? "none" : pick(KEYS);
  }

  private String member() {
    return "m" + random.nextInt(80);
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private static String[] words(String line) {
    return line.split(" ", -1);
  }
}
