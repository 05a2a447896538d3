package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lettuce.core.RedisClient;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The cache of Lettuce, which the server keeps right.
@ExtendWith(ServerUnderTest.class)
class LettuceTrackingIT {

  private static final long PATIENCE_SECONDS = 30;

  private final Map<String, String> cache = new ConcurrentHashMap<>();
  private final BlockingQueue<String> evicted = new LinkedBlockingQueue<>();

  private final class Accessor implements CacheAccessor<String, String> {
    @Override
    public String get(String key) {
      return cache.get(key);
    }

    @Override
    public void put(String key, String value) {
      cache.put(key, value);
    }

    @Override
    public void evict(String key) {
      cache.remove(key);
      evicted.add(key);
    }
  }

  @Test
  void cachedValuesAreDroppedWhenSomebodyElseChangesThem() throws Exception {
    RedisClient client = LettuceConnections.client(ProtocolVersion.RESP3);
    try (StatefulRedisConnection<String, String> caching = client.connect();
        StatefulRedisConnection<String, String> other = client.connect()) {
      other.sync().set("key", "old");
      CacheFrontend<String, String> frontend =
          ClientSideCaching.enable(new Accessor(), caching, TrackingArgs.Builder.enabled());
      assertEquals("old", frontend.get("key"));
      assertEquals("old", cache.get("key"));
      other.sync().set("key", "new");
      assertEquals("key", evicted.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
      assertEquals("new", frontend.get("key"));
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
  }
}
