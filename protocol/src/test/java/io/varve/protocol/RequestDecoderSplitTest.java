package io.varve.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Where the network cuts the bytes makes no difference, and no bytes do harm.
class RequestDecoderSplitTest {

  private static final ProtocolLimits SMALL = new ProtocolLimits(16, 200, 64, 400, 10, 100, 3);

  private static final List<String> CONVERSATIONS =
      List.of(
          Requests.encode("SET", "key", "value\r\nwith\0all") + Requests.encode("GET", "key"),
          "PING\r\nSET \"a\\x41\" 'b c'\n\r\n" + Requests.encode("", "", "") + "*0\r\nPING\r\n",
          "*-1\r\n" + Requests.encode("MSET", "a", "b".repeat(150), "c", "d") + "QUIT\n",
          Requests.encode("A") + "*2\r\n$1\r\nx\r\n:3\r\n",
          Requests.encode("A") + "*17\r\n",
          Requests.encode("A") + "*1\r\n$201\r\n",
          "PING\r\nSET 'a\r\nPING\r\n",
          "PING\r\n" + "x".repeat(80) + "\r\nPING\r\n",
          "PING\r\n*" + "1".repeat(80) + "\r\nPING\r\n",
          "*3\r\n$150\r\n%1$s\r\n$150\r\n%1$s\r\n$150\r\n%1$s\r\n"
              .replace("%1$s", "y".repeat(150)));

  private static byte[] mutated(byte[] bytes, Random random) {
    byte[] copy = Arrays.copyOf(bytes, bytes.length);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      byte[] likely = Requests.latin("*$\r\n0123456789-\"'\\x \0");
      copy[random.nextInt(copy.length)] = likely[random.nextInt(likely.length)];
    }
    return copy;
  }

  private static int[] randomCuts(int length, Random random) {
    int[] cuts = new int[random.nextInt(8)];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = random.nextInt(length + 1);
    }
    Arrays.sort(cuts);
    return cuts;
  }

  @Test
  void everySingleCutGivesTheSameRequests() {
    for (String conversation : CONVERSATIONS) {
      byte[] bytes = Requests.latin(conversation);
      List<List<String>> whole = Requests.decode(SMALL, bytes);
      for (int cut = 0; cut <= bytes.length; cut++) {
        assertEquals(whole, Requests.decode(SMALL, bytes, cut), "cut at " + cut);
      }
    }
  }

  @Test
  void oneByteAtATimeGivesTheSameRequests() {
    for (String conversation : CONVERSATIONS) {
      byte[] bytes = Requests.latin(conversation);
      int[] cuts = new int[bytes.length];
      Arrays.setAll(cuts, i -> i);
      assertEquals(Requests.decode(SMALL, bytes), Requests.decode(SMALL, bytes, cuts));
    }
  }

  @Test
  void mutilatedConversationsGiveTheSameRequestsHoweverTheyAreCut() {
    long seed = new Random().nextLong();
    System.out.println("RequestDecoderSplitTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 4000; round++) {
      String conversation = CONVERSATIONS.get(random.nextInt(CONVERSATIONS.size()));
      byte[] bytes = mutated(Requests.latin(conversation), random);
      int[] cuts = randomCuts(bytes.length, random);
      assertEquals(
          Requests.decode(SMALL, bytes),
          Requests.decode(SMALL, bytes, cuts),
          () -> "seed " + seed + " cuts " + Arrays.toString(cuts));
    }
  }

  @Test
  void garbageYieldsRequestsOrTheProtocolErrorAndBoundedMemory() {
    long seed = new Random().nextLong();
    System.out.println("RequestDecoderSplitTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      try (RequestDecoder decoder = new RequestDecoder(SMALL)) {
        decoder.setAuthenticated(random.nextBoolean());
        for (int piece = 0; piece < 20; piece++) {
          byte[] bytes = new byte[1 + random.nextInt(300)];
          random.nextBytes(bytes);
          if (random.nextBoolean()) {
            bytes = mutated(Requests.latin(CONVERSATIONS.get(random.nextInt(3))), random);
          }
          decoder.feed(Requests.buffer(bytes, 0, bytes.length));
          Requests.drain(decoder);
          int held = decoder.capacityBytes();
          assertTrue(held <= 2048 + 300, () -> "seed " + seed + " holds " + held);
        }
      }
    }
  }
}
