package io.varve.server.pubsub;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.KeyEventListener;
import java.nio.charset.StandardCharsets;

/// Publishes what happens to keys: to `__keyspace@<db>__:<key>` the event, to
/// `__keyevent@<db>__:<event>` the key.
///
/// What is wanted is set on the command loop (CONFIG SET) and asked by it alone; nothing is wanted
/// while nobody has subscribed to anything.
public final class KeyspaceEvents implements KeyEventListener {

  private final PubSub pubSub;
  private volatile int classes;
  private volatile boolean byKey;
  private volatile boolean byEvent;

  public KeyspaceEvents(PubSub pubSub) {
    this.pubSub = pubSub;
  }

  /// Chooses what is told from now on.
  ///
  /// @param letters as in `notify-keyspace-events`
  public void select(String letters) {
    int chosen = 0;
    for (KeyEventClass eventClass : KeyEventClass.values()) {
      boolean inAll = eventClass != KeyEventClass.KEY_MISS && eventClass != KeyEventClass.NEW;
      if (letters.indexOf(eventClass.letter()) >= 0 || (inAll && letters.indexOf('A') >= 0)) {
        chosen |= eventClass.bit();
      }
    }
    byKey = letters.indexOf('K') >= 0;
    byEvent = letters.indexOf('E') >= 0;
    classes = byKey || byEvent ? chosen : 0;
  }

  /// Whether a class has been chosen, be there subscribers or not.
  public boolean isSelected(KeyEventClass eventClass) {
    return (classes & eventClass.bit()) != 0;
  }

  @Override
  public boolean wants(KeyEventClass eventClass) {
    return isSelected(eventClass)
        && pubSub.count(SubscriptionKind.CHANNEL) + pubSub.count(SubscriptionKind.PATTERN) > 0;
  }

  @Override
  public void happened(int logical, KeyEventClass eventClass, String event, Slice key) {
    byte[] name = key.toByteArray();
    byte[] what = event.getBytes(StandardCharsets.US_ASCII);
    if (byKey) {
      pubSub.publish(channel("__keyspace@" + logical + "__:", name), what);
    }
    if (byEvent) {
      pubSub.publish(channel("__keyevent@" + logical + "__:", what), name);
    }
  }

  private static byte[] channel(String prefix, byte[] rest) {
    byte[] start = prefix.getBytes(StandardCharsets.US_ASCII);
    byte[] channel = new byte[start.length + rest.length];
    System.arraycopy(start, 0, channel, 0, start.length);
    System.arraycopy(rest, 0, channel, start.length, rest.length);
    return channel;
  }
}
