package io.varve.server.it;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests with Lettuce: all of them once in each version of the protocol, with a connection to the server
/// under test. The client closes what was opened by it.
@ParameterizedClass
@EnumSource(ProtocolVersion.class)
@ExtendWith(ServerUnderTest.class)
abstract class WithLettuce {

  @Parameter ProtocolVersion version;
  RedisClient client;
  StatefulRedisConnection<String, String> connection;
  RedisCommands<String, String> redis;

  @BeforeEach
  final void connect() {
    client = LettuceConnections.client(version);
    connection = client.connect();
    redis = connection.sync();
  }

  @AfterEach
  final void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
  }
}
