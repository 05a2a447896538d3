package io.varve.server.config;

import java.util.List;
import java.util.Locale;

/// `client-output-buffer-limit`: how many bytes of replies may wait for a client that does not read.
///
/// @param normal clients that send commands
/// @param replica accepted and reported; there are no replicas
/// @param pubsub clients that have subscribed
public record OutputBufferLimits(Limit normal, Limit replica, Limit pubsub) {

  /// Bounds for one class of clients; 0 is no bound.
  ///
  /// @param hardBytes a client with more waiting is disconnected at once
  /// @param softBytes a client with more waiting for `softSeconds` on end is disconnected
  public record Limit(long hardBytes, long softBytes, int softSeconds) {}

  /// Finite for everybody, unlike Redis: a client that does not read must not take all memory.
  static final OutputBufferLimits DEFAULT =
      new OutputBufferLimits(
          new Limit(1L << 30, 256L << 20, 60),
          new Limit(256L << 20, 64L << 20, 60),
          new Limit(32L << 20, 8L << 20, 60));

  /// Changes the classes that are named: `class hard soft seconds`, any number of times.
  OutputBufferLimits with(List<String> words) {
    if (words.isEmpty() || words.size() % 4 != 0) {
      throw new ConfigurationException("Wrong number of arguments in buffer limit configuration.");
    }
    OutputBufferLimits changed = this;
    for (int i = 0; i < words.size(); i += 4) {
      Limit limit =
          new Limit(bytes(words.get(i + 1)), bytes(words.get(i + 2)), seconds(words.get(i + 3)));
      changed =
          switch (words.get(i).toLowerCase(Locale.ROOT)) {
            case "normal" -> new OutputBufferLimits(limit, changed.replica, changed.pubsub);
            case "slave", "replica" ->
                new OutputBufferLimits(changed.normal, limit, changed.pubsub);
            case "pubsub" -> new OutputBufferLimits(changed.normal, changed.replica, limit);
            default ->
                throw new ConfigurationException(
                    "Invalid client class specified in buffer limit configuration.");
          };
    }
    return changed;
  }

  private static int seconds(String text) {
    try {
      int seconds = Integer.parseInt(text);
      if (seconds >= 0) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      // Told below, like a negative number.
    }
    throw wrongSetting();
  }

  private static long bytes(String text) {
    try {
      return MemorySize.parse(text);
    } catch (ConfigurationException e) {
      throw wrongSetting();
    }
  }

  private static ConfigurationException wrongSetting() {
    return new ConfigurationException(
        "Error in hard, soft or soft_seconds setting in buffer limit configuration.");
  }

  /// As CONFIG GET shows it.
  String format() {
    return "normal " + format(normal) + " slave " + format(replica) + " pubsub " + format(pubsub);
  }

  private static String format(Limit limit) {
    return limit.hardBytes + " " + limit.softBytes + " " + limit.softSeconds;
  }
}
