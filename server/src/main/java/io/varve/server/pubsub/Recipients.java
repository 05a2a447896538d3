package io.varve.server.pubsub;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who is to get a message, as of the moment when it was published: what the publisher's transaction
/// changes after that does not count.
public final class Recipients {

  /// Those that one subscription reaches.
  ///
  /// @param pattern null if they named the channel itself
  private record Part(byte @Nullable [] pattern, List<Subscriber> subscribers) {}

  static final Recipients NONE = new Recipients("message");

  private final String kind;
  private final List<Part> parts = new ArrayList<>(1);
  private int count;

  /// @param kind first word of what they get who named the channel
  Recipients(String kind) {
    this.kind = kind;
  }

  void add(byte @Nullable [] pattern, List<Subscriber> subscribers) {
    parts.add(new Part(pattern, subscribers));
    count += subscribers.size();
  }

  /// How often the message will be sent.
  public int count() {
    return count;
  }

  /// Sends it.
  public void send(byte[] channel, byte[] text) {
    for (Part part : parts) {
      byte[] pattern = part.pattern;
      PushMessage message =
          pattern == null
              ? PushMessage.of(kind, channel, text)
              : PushMessage.of("pmessage", pattern, channel, text);
      for (Subscriber subscriber : part.subscribers) {
        subscriber.target().push(message);
      }
    }
  }
}
