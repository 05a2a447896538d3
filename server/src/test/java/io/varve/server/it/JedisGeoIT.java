package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.GeoCoordinate;
import redis.clients.jedis.args.GeoUnit;
import redis.clients.jedis.params.GeoAddParams;
import redis.clients.jedis.params.GeoSearchParam;
import redis.clients.jedis.resps.GeoRadiusResponse;

/// The commands about places as users of Jedis know them.
// Jedis deprecates old forms of commands; the server still has them.
@SuppressWarnings("deprecation")
class JedisGeoIT extends WithJedis {

  private static final GeoCoordinate SOMEWHERE = new GeoCoordinate(15, 37);

  @BeforeEach
  void addPlaces() {
    assertEquals(1, jedis.geoadd("g", 13.361389, 38.115556, "Palermo"));
    assertEquals(
        1,
        jedis.geoadd(
            "g",
            GeoAddParams.geoAddParams().nx(),
            Map.of("Catania", new GeoCoordinate(15.087269, 37.502669))));
  }

  @Test
  void placesAreTold() {
    assertEquals(166274.1516, jedis.geodist("g", "Palermo", "Catania"));
    assertEquals(166.2742, jedis.geodist("g", "Palermo", "Catania", GeoUnit.KM));
    assertNull(jedis.geodist("g", "Palermo", "none"));
    assertEquals(List.of("sqc8b49rny0", "sqdtr74hyu0"), jedis.geohash("g", "Palermo", "Catania"));
    List<GeoCoordinate> found = jedis.geopos("g", "Palermo", "none");
    assertEquals(13.361389, found.getFirst().getLongitude(), 0.000_01);
    assertEquals(38.115556, found.getFirst().getLatitude(), 0.000_01);
    assertNull(found.get(1));
  }

  @Test
  void placesAreFoundWithinACircleAndABox() {
    assertEquals(List.of("Catania"), names(jedis.geosearch("g", SOMEWHERE, 100, GeoUnit.KM)));
    assertEquals(
        List.of("Catania", "Palermo"),
        names(
            jedis.geosearch(
                "g",
                GeoSearchParam.geoSearchParam()
                    .fromLonLat(SOMEWHERE)
                    .byBox(400, 400, GeoUnit.KM)
                    .asc())));
    GeoRadiusResponse near =
        jedis
            .geosearch(
                "g",
                GeoSearchParam.geoSearchParam()
                    .fromMember("Palermo")
                    .byRadius(200, GeoUnit.KM)
                    .desc()
                    .count(1)
                    .withDist()
                    .withCoord()
                    .withHash())
            .getFirst();
    assertEquals("Catania", near.getMemberByString());
    assertEquals(166.2742, near.getDistance());
    assertEquals(15.087269, near.getCoordinate().getLongitude(), 0.000_01);
    assertEquals(3479447370796909L, near.getRawScore());
    assertEquals(List.of("Palermo"), names(jedis.georadiusByMember("g", "Palermo", 1, GeoUnit.M)));
    assertEquals(List.of(), names(jedis.georadius("g", -15, -37, 100, GeoUnit.KM)));
  }

  @Test
  void whatIsFoundIsStored() {
    assertEquals(1, jedis.geosearchStore("to", "g", SOMEWHERE, 100, GeoUnit.KM));
    assertEquals(List.of("Catania"), jedis.zrange("to", 0, -1));
    assertEquals(
        2,
        jedis.geosearchStoreStoreDist(
            "to",
            "g",
            GeoSearchParam.geoSearchParam().fromLonLat(SOMEWHERE).byRadius(200, GeoUnit.KM)));
    assertEquals(56.4413, jedis.zscore("to", "Catania"), 0.000_1);
  }

  private static List<String> names(List<GeoRadiusResponse> found) {
    return found.stream().map(GeoRadiusResponse::getMemberByString).toList();
  }
}
