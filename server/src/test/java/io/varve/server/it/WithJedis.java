package io.varve.server.it;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;

/// Tests with Jedis: all of them once in each version of the protocol, with a connection to the server
/// under test.
@ParameterizedClass
@EnumSource(
    value = RedisProtocol.class,
    names = {"RESP2", "RESP3"})
@ExtendWith(ServerUnderTest.class)
abstract class WithJedis {

  private static final int TIMEOUT_MILLIS = 30_000;

  @Parameter RedisProtocol protocol;
  Jedis jedis;
  private final Queue<Jedis> opened = new ConcurrentLinkedQueue<>();

  @BeforeEach
  final void connect() {
    jedis = open();
  }

  @AfterEach
  final void close() {
    opened.forEach(Jedis::close);
  }

  /// Another connection, closed after the test at the latest. Any thread.
  final Jedis open() {
    Jedis connection =
        new Jedis(
            new HostAndPort(ServerUnderTest.host(), ServerUnderTest.port()),
            DefaultJedisClientConfig.builder()
                .protocol(protocol)
                .timeoutMillis(TIMEOUT_MILLIS)
                .build());
    opened.add(connection);
    return connection;
  }
}
