package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Messages as users of Lettuce know them.
class LettucePubSubIT extends WithLettuce {

  private static final long PATIENCE_SECONDS = 30;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private StatefulRedisPubSubConnection<String, String> listening;

  @BeforeEach
  void listen() {
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
