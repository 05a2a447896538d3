package io.varve.server.pubsub;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Glob;
import io.varve.server.keyspace.RefusedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All channels that somebody listens to. Owned by the command loop.
///
/// A channel exists while it has a subscriber. Publishing costs one look-up, one match for each
/// pattern that anybody has subscribed to, and one push for each recipient.
public final class PubSub {

  private final Map<Slice, Set<Subscriber>> channels = new HashMap<>();
  private final Map<Slice, Set<Subscriber>> shardChannels = new HashMap<>();
  private final Map<Slice, Set<Subscriber>> patterns = new HashMap<>();
  private final Map<Slice, Glob> globs = new HashMap<>();

  /// For INFO, which other threads write as well.
  private volatile int channelCount;

  private volatile int shardChannelCount;
  private volatile int patternCount;

  /// Begins a subscription.
  ///
  /// @param name copied
  /// @return false if the client had it already
  public boolean subscribe(Subscriber subscriber, SubscriptionKind kind, Slice name) {
    if (subscriber.contains(kind, name)) {
      return false;
    }
    Slice kept = name.copy();
    subscriber.add(kind, kept);
    map(kind).computeIfAbsent(kept, _ -> new LinkedHashSet<>(2)).add(subscriber);
    if (kind == SubscriptionKind.PATTERN) {
      globs.computeIfAbsent(kept, Glob::new);
    }
    recount();
    return true;
  }

  /// Ends a subscription.
  ///
  /// @return false if the client had none
  public boolean unsubscribe(Subscriber subscriber, SubscriptionKind kind, Slice name) {
    if (!subscriber.remove(kind, name)) {
      return false;
    }
    Set<Subscriber> others = map(kind).get(name);
    if (others != null) {
      others.remove(subscriber);
      if (others.isEmpty()) {
        map(kind).remove(name);
        if (kind == SubscriptionKind.PATTERN) {
          globs.remove(name);
        }
      }
    }
    recount();
    return true;
  }

  /// Ends all subscriptions of a client.
  public void unsubscribeAll(Subscriber subscriber) {
    for (SubscriptionKind kind : SubscriptionKind.values()) {
      for (Slice name : subscriber.names(kind)) {
        unsubscribe(subscriber, kind, name);
      }
    }
  }

  /// Who is to get what is published to a channel: its subscribers first, then those of patterns.
  public Recipients recipients(Slice channel) {
    Set<Subscriber> direct = channels.get(channel);
    if (direct == null && patterns.isEmpty()) {
      return Recipients.NONE;
    }
    Recipients recipients = new Recipients("message");
    if (direct != null) {
      recipients.add(null, List.copyOf(direct));
    }
    for (Map.Entry<Slice, Glob> entry : globs.entrySet()) {
      Set<Subscriber> matching = patterns.get(entry.getKey());
      if (matching != null && matches(entry.getValue(), channel)) {
        recipients.add(entry.getKey().toByteArray(), List.copyOf(matching));
      }
    }
    return recipients;
  }

  /// Who is to get what is published to a shard channel.
  public Recipients shardRecipients(Slice channel) {
    Set<Subscriber> direct = shardChannels.get(channel);
    if (direct == null) {
      return Recipients.NONE;
    }
    Recipients recipients = new Recipients("smessage");
    recipients.add(null, List.copyOf(direct));
    return recipients;
  }

  /// Publishes for the server itself.
  public void publish(byte[] channel, byte[] text) {
    recipients(Slice.of(channel)).send(channel, text);
  }

  /// Names that somebody has subscribed to.
  ///
  /// @param glob which of them; null for all
  public List<Slice> names(SubscriptionKind kind, @Nullable Glob glob) {
    List<Slice> names = new ArrayList<>();
    for (Slice name : map(kind).keySet()) {
      if (glob == null || matches(glob, name)) {
        names.add(name);
      }
    }
    return names;
  }

  /// Clients that have subscribed to a name.
  public int subscriberCount(SubscriptionKind kind, Slice name) {
    Set<Subscriber> subscribers = map(kind).get(name);
    return subscribers == null ? 0 : subscribers.size();
  }

  /// Names that somebody has subscribed to. Any thread.
  public int count(SubscriptionKind kind) {
    return switch (kind) {
      case CHANNEL -> channelCount;
      case PATTERN -> patternCount;
      case SHARD_CHANNEL -> shardChannelCount;
    };
  }

  private void recount() {
    channelCount = channels.size();
    patternCount = patterns.size();
    shardChannelCount = shardChannels.size();
  }

  private Map<Slice, Set<Subscriber>> map(SubscriptionKind kind) {
    return switch (kind) {
      case CHANNEL -> channels;
      case PATTERN -> patterns;
      case SHARD_CHANNEL -> shardChannels;
    };
  }

  /// A pattern that takes too long is its subscriber's fault and not the publisher's: no match.
  private static boolean matches(Glob glob, Slice name) {
    try {
      return glob.matches(name);
    } catch (RefusedException _) {
      return false;
    }
  }
}
