package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Messages as users of Lettuce know them.
@ParameterizedClass
@EnumSource(ProtocolVersion.class)
@ExtendWith(ServerUnderTest.class)
class LettucePubSubIT {

  private static final long PATIENCE_SECONDS = 30;

  @Parameter ProtocolVersion version;
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private RedisClient client;
  private StatefulRedisConnection<String, String> connection;
  private StatefulRedisPubSubConnection<String, String> listening;

  @BeforeEach
  void connect() {
    client = LettuceConnections.client(version);
    connection = client.connect();
    listening = client.connectPubSub();
    listening.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void message(String channel, String message) {
            heard.add(channel + " says " + message);
          }

          @Override
          public void message(String pattern, String channel, String message) {
            heard.add(pattern + " hears " + channel + " say " + message);
          }

          @Override
          public void smessage(String channel, String message) {
            heard.add("shard " + channel + " says " + message);
          }
        });
  }

  @AfterEach
  void close() {
    listening.close();
    connection.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
  }

  private String next() throws InterruptedException {
    String text = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return text == null ? "silence" : text;
  }

  @Test
  void channelsPatternsAndShardChannelsAreHeard() throws Exception {
    listening.sync().subscribe("news");
    listening.sync().psubscribe("n?ws");
    listening.sync().ssubscribe("shard");
    assertEquals(2, connection.sync().publish("news", "hello"));
    assertEquals("news says hello", next());
    assertEquals("n?ws hears news say hello", next());
    assertEquals(1, connection.sync().spublish("shard", "deep"));
    assertEquals("shard shard says deep", next());
    listening.sync().unsubscribe("news");
    listening.sync().punsubscribe("n?ws");
    assertEquals(0, connection.sync().publish("news", "anybody"));
  }
}
