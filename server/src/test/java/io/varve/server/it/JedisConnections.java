package io.varve.server.it;

import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;

/// Opens connections of Jedis to the server under test.
final class JedisConnections {

  private static final int TIMEOUT_MILLIS = 30_000;

  private JedisConnections() {}

  static Jedis open(RedisProtocol protocol) {
    return new Jedis(
        new HostAndPort(ServerUnderTest.host(), ServerUnderTest.port()),
        DefaultJedisClientConfig.builder()
            .protocol(protocol)
            .timeoutMillis(TIMEOUT_MILLIS)
            .build());
  }
}
