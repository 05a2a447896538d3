package io.varve.server.pubsub;

/// What one can subscribe to. The names are those of the confirmations.
public enum SubscriptionKind {
  CHANNEL("subscribe", "unsubscribe"),
  PATTERN("psubscribe", "punsubscribe"),
  SHARD_CHANNEL("ssubscribe", "sunsubscribe");

  private final String subscribed;
  private final String unsubscribed;

  SubscriptionKind(String subscribed, String unsubscribed) {
    this.subscribed = subscribed;
    this.unsubscribed = unsubscribed;
  }

  /// First word of the confirmation that a subscription has begun.
  public String subscribed() {
    return subscribed;
  }

  /// First word of the confirmation that a subscription has ended.
  public String unsubscribed() {
    return unsubscribed;
  }
}
