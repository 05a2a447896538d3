package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.params.SetParams;

/// Messages as users of Jedis know them.
class JedisPubSubIT extends WithJedis {

  private static final long PATIENCE_SECONDS = 30;

  private Jedis listening;

  @BeforeEach
  void listen() {
    listening = open();
  }

  /// Writes down what a subscriber is told.
  private static final class Listener extends JedisPubSub {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public void onMessage(String channel, String message) {
      heard.add(channel + " says " + message);
    }

    @Override
    public void onPMessage(String pattern, String channel, String message) {
      heard.add(pattern + " hears " + channel + " say " + message);
    }

    @Override
    public void onSubscribe(String channel, int count) {
      heard.add("subscribed " + channel + " " + count);
    }

    @Override
    public void onUnsubscribe(String channel, int count) {
      heard.add("unsubscribed " + channel + " " + count);
    }

    @Override
    public void onPSubscribe(String pattern, int count) {
      heard.add("psubscribed " + pattern + " " + count);
    }

    @Override
    public void onPUnsubscribe(String pattern, int count) {
      heard.add("punsubscribed " + pattern + " " + count);
    }

    @Override
    public void onPong(String pattern) {
      heard.add("pong " + pattern);
    }

    private String next() throws InterruptedException {
      String text = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return text == null ? "silence" : text;
    }
  }

  @Test
  void subscribersHearWhatIsPublishedUntilTheyLeave() throws Exception {
    Listener listener = new Listener();
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(() -> listening.subscribe(listener, "news", "sport"));
    assertEquals("subscribed news 1", listener.next());
    assertEquals("subscribed sport 2", listener.next());
    assertEquals(1, jedis.publish("news", "hello"));
    assertEquals("news says hello", listener.next());
    assertEquals(0, jedis.publish("weather", "rain"));
    listener.psubscribe("wea*");
    assertEquals("psubscribed wea* 3", listener.next());
    assertEquals(1, jedis.publish("weather", "rain"));
    assertEquals("wea* hears weather say rain", listener.next());
    assertEquals(List.of("news", "sport"), jedis.pubsubChannels().stream().sorted().toList());
    assertEquals(1L, jedis.pubsubNumPat());
    assertEquals(1L, jedis.pubsubNumSub("news").get("news"));
    listener.ping("there");
    assertEquals("pong there", listener.next());
    listener.unsubscribe("news");
    assertEquals("unsubscribed news 2", listener.next());
    assertEquals(0, jedis.publish("news", "bye"));
    listener.unsubscribe();
    assertEquals("unsubscribed sport 1", listener.next());
    listener.punsubscribe();
    assertEquals("punsubscribed wea* 0", listener.next());
    done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void aTransactionsMessagesComeWhenItHasRun() throws Exception {
    Listener listener = new Listener();
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(() -> listening.subscribe(listener, "ch"));
    assertEquals("subscribed ch 1", listener.next());
    try (Transaction transaction = jedis.multi()) {
      transaction.set("key", "value");
      transaction.publish("ch", "one");
      transaction.incr("key");
      transaction.publish("ch", "two");
      List<Object> replies = transaction.exec();
      assertEquals(List.of("OK", 1L), replies.subList(0, 2));
      assertTrue(replies.get(2) instanceof Exception);
    }
    assertEquals("ch says one", listener.next());
    assertEquals("ch says two", listener.next());
    listener.unsubscribe();
    done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void expiredKeysAreToldWithoutBeingTouched() throws Exception {
    Listener listener = new Listener();
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(() -> listening.subscribe(listener, "__keyevent@0__:expired"));
    assertEquals("subscribed __keyevent@0__:expired 1", listener.next());
    jedis.configSet("notify-keyspace-events", "Ex");
    try {
      jedis.set("short", "life", SetParams.setParams().px(1));
      assertEquals("__keyevent@0__:expired says short", listener.next());
    } finally {
      jedis.configSet("notify-keyspace-events", "");
    }
    listener.unsubscribe();
    done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
