package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lettuce.core.GeoArgs;
import io.lettuce.core.GeoCoordinates;
import io.lettuce.core.GeoSearch;
import io.lettuce.core.GeoWithin;
import io.lettuce.core.Value;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The commands about places as users of Lettuce know them.
class LettuceGeoIT extends WithLettuce {

  private static final GeoSearch.GeoRef<String> SOMEWHERE = GeoSearch.fromCoordinates(15, 37);

  @BeforeEach
  void addPlaces() {
    assertEquals(
        2, redis.geoadd("g", 13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania"));
  }

  @Test
  void placesAreTold() {
    assertEquals(166274.1516, redis.geodist("g", "Palermo", "Catania", GeoArgs.Unit.m));
    assertEquals(List.of(Value.just("sqc8b49rny0")), redis.geohash("g", "Palermo"));
    List<GeoCoordinates> found = redis.geopos("g", "Palermo", "none");
    assertEquals(13.361389, found.getFirst().getX().doubleValue(), 0.000_01);
    assertEquals(38.115556, found.getFirst().getY().doubleValue(), 0.000_01);
    assertNull(found.get(1));
  }

  @Test
  void placesAreFoundWithinACircleAndABox() {
    assertEquals(
        Set.of("Catania"),
        redis.geosearch("g", SOMEWHERE, GeoSearch.byRadius(100, GeoArgs.Unit.km)));
    List<GeoWithin<String>> near =
        redis.geosearch(
            "g",
            GeoSearch.fromMember("Palermo"),
            GeoSearch.byBox(400, 400, GeoArgs.Unit.km),
            GeoArgs.Builder.full().desc());
    assertEquals(List.of("Catania", "Palermo"), near.stream().map(GeoWithin::getMember).toList());
    assertEquals(166.2742, near.getFirst().getDistance());
    assertEquals(3479447370796909L, near.getFirst().getGeohash());
    assertEquals(15.087269, near.getFirst().getCoordinates().getX().doubleValue(), 0.000_01);
  }

  @Test
  void whatIsFoundIsStored() {
    assertEquals(
        2,
        redis.geosearchstore(
            "to", "g", SOMEWHERE, GeoSearch.byRadius(200, GeoArgs.Unit.km), new GeoArgs(), true));
    assertEquals(List.of("Catania", "Palermo"), redis.zrange("to", 0, -1));
    assertEquals(56.4413, redis.zscore("to", "Catania"), 0.000_1);
  }
}
