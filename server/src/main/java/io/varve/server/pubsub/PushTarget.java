package io.varve.server.pubsub;

/// A client as one sees it who has something to tell it unasked.
public interface PushTarget {

  /// Sends a message behind all replies that the client was given so far. Command loop only. May
  /// close the client instead, if it has too much waiting already.
  void push(PushMessage message);

  /// 2 or 3.
  int protocolVersion();

  /// Whether the client has subscribed to anything, so that it expects messages under RESP2, too.
  boolean isSubscribed();
}
