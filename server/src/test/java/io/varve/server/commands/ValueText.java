package io.varve.server.commands;

import io.varve.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// What a key holds, as commands show it: text that is alike here and in Redis if the values are. Nothing of
/// it goes by way of DUMP.
public final class ValueText {

  /// Of XINFO: what is a clock's, or of Redis' trees.
  private static final Set<String> LEFT_OUT =
      Set.of("radix-tree-keys", "radix-tree-nodes", "idle", "inactive");

  /// Somebody who answers commands.
  public interface Target {
    Reply call(byte[]... command) throws Exception;

    default Reply call(String... command) throws Exception {
      byte[][] bytes = new byte[command.length][];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = ValueText.bytes(command[i]);
      }
      return call(bytes);
    }
  }

  private ValueText() {}

  public static String of(Target target, String key) throws Exception {
    String type = target.call("TYPE", key).toString();
    return type
        + " "
        + switch (type) {
          case "string" -> target.call("GET", key);
          case "list" -> target.call("LRANGE", key, "0", "-1");
          case "set" -> sorted(target.call("SMEMBERS", key), 1);
          case "hash" -> sorted(target.call("HGETALL", key), 2);
          case "zset" -> scored(target.call("ZRANGE", key, "0", "-1", "WITHSCORES"));
          case "stream" -> stream(target, key);
          default -> "";
        };
  }

  private static String stream(Target target, String key) throws Exception {
    StringBuilder text = new StringBuilder();
    text.append(target.call("XRANGE", key, "-", "+"));
    text.append(withoutClock(target.call("XINFO", "STREAM", key)));
    Reply groups = target.call("XINFO", "GROUPS", key);
    text.append(groups);
    for (Reply group : ((Reply.Array) groups).elements()) {
      byte[] name = ((Reply.Bulk) ((Reply.Array) group).elements().get(1)).bytes();
      byte[][] consumers = {bytes("XINFO"), bytes("CONSUMERS"), bytes(key), name};
      text.append(withoutClock(target.call(consumers)));
      byte[][] all = {bytes("XPENDING"), bytes(key), name, bytes("-"), bytes("+"), bytes("100000")};
      for (Reply pending : ((Reply.Array) target.call(all)).elements()) {
        List<Reply> words = ((Reply.Array) pending).elements();
        text.append(words.get(0)).append(words.get(1)).append(words.get(3));
      }
    }
    return text.toString();
  }

  private static String withoutClock(Reply reply) {
    if (!(reply instanceof Reply.Array(List<Reply> elements))) {
      return reply.toString();
    }
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < elements.size(); i++) {
      if (elements.get(i) instanceof Reply.Bulk name && LEFT_OUT.contains(name.text())) {
        i++;
      } else {
        text.append(withoutClock(elements.get(i))).append(' ');
      }
    }
    return text.append(']').toString();
  }

  /// Redis 7.0 writes numbers otherwise than 7.2.
  private static String scored(Reply reply) {
    List<Reply> elements = ((Reply.Array) reply).elements();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < elements.size(); i += 2) {
      String score = ((Reply.Bulk) elements.get(i + 1)).text();
      double number =
          score.endsWith("inf") ? (score.equals("inf") ? 1 : -1) / 0.0 : Double.parseDouble(score);
      text.append(elements.get(i)).append(' ').append(number).append(", ");
    }
    return text.toString();
  }

  /// @param width elements that belong together
  private static String sorted(Reply reply, int width) {
    List<Reply> elements = ((Reply.Array) reply).elements();
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < elements.size(); i += width) {
      parts.add(elements.subList(i, i + width).toString());
    }
    parts.sort(Comparator.naturalOrder());
    return parts.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
