package io.varve.server.commands;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Draws commands that make a value of some type and size by lot.
public final class RandomValues {

  private static final int COMMAND_ELEMENTS_MAX = 500;

  private final SplittableRandom random;

  public RandomValues(SplittableRandom random) {
    this.random = random;
  }

  /// @return commands that together make a value where there was none
  public List<byte[][]> commands(String key) {
    int size =
        switch (random.nextInt(4)) {
          case 0 -> 1 + random.nextInt(5);
          case 1 -> 1 + random.nextInt(100);
          case 2 -> 100 + random.nextInt(500);
          default -> 1000 + random.nextInt(2000);
        };
    return switch (random.nextInt(9)) {
      case 0, 1 -> string(key);
      case 2 -> elements("RPUSH", key, size, 1);
      case 3 -> elements("SADD", key, size, 1);
      case 4 -> numbers(key, size);
      case 5 -> elements("HSET", key, size, 2);
      case 6, 7 -> scored(key, size);
      default -> stream(key, size);
    };
  }

  private List<byte[][]> string(String key) {
    List<byte[][]> commands = new ArrayList<>();
    switch (random.nextInt(4)) {
      case 0 -> commands.add(of("SET", key, number()));
      case 1 -> commands.add(new byte[][] {bytes("SET"), bytes(key), element(100)});
      case 2 -> commands.add(of("SET", key, "again and ".repeat(random.nextInt(3000))));
      default -> {
        for (int i = 0; i < 5; i++) {
          commands.add(new byte[][] {bytes("APPEND"), bytes(key), element(20_000)});
        }
        commands.add(of("SETRANGE", key, String.valueOf(random.nextInt(200_000)), "x"));
      }
    }
    return commands;
  }

  private List<byte[][]> elements(String command, String key, int size, int width) {
    int bytes = random.nextInt(10) == 0 ? 1000 : 1 + random.nextInt(100);
    List<byte[][]> commands = new ArrayList<>();
    List<byte[]> words = new ArrayList<>();
    for (int i = 0; i < size * width; i++) {
      words.add(random.nextInt(4) == 0 ? bytes(number()) : element(bytes));
    }
    for (int from = 0; from < words.size(); from += COMMAND_ELEMENTS_MAX) {
      List<byte[]> some = words.subList(from, Math.min(words.size(), from + COMMAND_ELEMENTS_MAX));
      commands.add(command(command, key, some));
    }
    return commands;
  }

  private List<byte[][]> numbers(String key, int size) {
    List<byte[][]> commands = new ArrayList<>();
    int range = 1 << (8 * random.nextInt(1, 4) - 1);
    List<byte[]> words = new ArrayList<>();
    for (int i = 0; i < Math.min(size, COMMAND_ELEMENTS_MAX); i++) {
      words.add(bytes(String.valueOf(random.nextInt(-range, range))));
    }
    commands.add(command("SADD", key, words));
    return commands;
  }

  private List<byte[][]> scored(String key, int size) {
    int bytes = 1 + random.nextInt(100);
    List<byte[][]> commands = new ArrayList<>();
    List<byte[]> words = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      words.add(bytes(score()));
      words.add(element(bytes));
    }
    for (int from = 0; from < words.size(); from += COMMAND_ELEMENTS_MAX) {
      commands.add(
          command(
              "ZADD",
              key,
              words.subList(from, Math.min(words.size(), from + COMMAND_ELEMENTS_MAX))));
    }
    return commands;
  }

  private String score() {
    return switch (random.nextInt(6)) {
      case 0 -> "inf";
      case 1 -> "-inf";
      case 2 -> String.valueOf(random.nextInt(-100, 100));
      case 3 -> String.valueOf(random.nextInt(1000) / 8.0);
      default -> String.valueOf(random.nextDouble(-1e6, 1e6));
    };
  }

  private List<byte[][]> stream(String key, int size) {
    List<byte[][]> commands = new ArrayList<>();
    commands.add(of("XGROUP", "CREATE", key, "g", "0", "MKSTREAM"));
    commands.add(of("XGROUP", "CREATE", key, "h", "5", "ENTRIESREAD", "3"));
    int entries = Math.min(size, COMMAND_ELEMENTS_MAX);
    long millis = 1;
    int sequence = 0;
    for (int i = 0; i < entries; i++) {
      if (random.nextInt(3) == 0) {
        sequence++;
      } else {
        millis += 1 + random.nextInt(1_000_000);
        sequence = random.nextInt(5);
      }
      List<byte[]> words = new ArrayList<>();
      words.add(bytes(millis + "-" + sequence));
      for (int f = 0; f < (random.nextInt(5) == 0 ? 1 + random.nextInt(4) : 2); f++) {
        words.add(bytes("field" + f));
        words.add(random.nextBoolean() ? bytes(number()) : element(60));
      }
      commands.add(command("XADD", key, words));
      if (random.nextInt(10) == 0) {
        commands.add(of("XDEL", key, millis + "-" + sequence));
      }
    }
    for (String consumer : List.of("alice", "bob", "carol")) {
      commands.add(of("XGROUP", "CREATECONSUMER", key, "g", consumer));
      String count = String.valueOf(1 + random.nextInt(50));
      commands.add(of("XREADGROUP", "GROUP", "g", consumer, "COUNT", count, "STREAMS", key, ">"));
    }
    commands.add(of("XREADGROUP", "GROUP", "h", "dave", "COUNT", "7", "STREAMS", key, ">"));
    commands.add(of("XTRIM", key, "MAXLEN", "=", String.valueOf(1 + random.nextInt(entries))));
    return commands;
  }

  private String number() {
    int bits = random.nextInt(1, 64);
    long number = random.nextLong() >>> bits;
    return String.valueOf(random.nextBoolean() ? number : -number);
  }

  private byte[] element(int bytesMax) {
    byte[] bytes = new byte[random.nextInt(bytesMax + 1)];
    if (random.nextBoolean()) {
      random.nextBytes(bytes);
    } else {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ('a' + random.nextInt(3));
      }
    }
    return bytes;
  }

  private static byte[][] of(String... words) {
    byte[][] command = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      command[i] = bytes(words[i]);
    }
    return command;
  }

  private static byte[][] command(String name, String key, List<byte[]> words) {
    List<byte[]> command = new ArrayList<>(List.of(bytes(name), bytes(key)));
    command.addAll(words);
    return command.toArray(new byte[0][]);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
