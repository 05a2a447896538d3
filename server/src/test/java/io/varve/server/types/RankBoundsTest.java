package io.varve.server.types;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RankBoundsTest {

  @Test
  void noElementIsEverOutside() throws Exception {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    RankBounds bounds = new RankBounds();
    NavigableSet<Slice> elements = new TreeSet<>();
    for (int i = 0; i < 20_000; i++) {
      Slice rankKey = rankKey(random);
      switch (random.nextInt(4)) {
        case 0 -> popFirst(bounds, elements);
        case 1 -> popLast(bounds, elements);
        default -> {
          bounds.include(rankKey);
          elements.add(rankKey);
        }
      }
      if (random.nextInt(20) == 0) {
        bounds = reread(bounds);
      }
      if (!elements.isEmpty()) {
        assertTrue(bounds.low().compareTo(elements.first()) <= 0, "below at " + i);
        assertTrue(bounds.high().compareTo(elements.last()) > 0, "above at " + i);
      }
    }
  }

  @Test
  void poppingMovesTheBoundUpToTheNextElement() {
    RankBounds bounds = new RankBounds();
    List<Slice> keys = List.of(key(1, "a"), key(2, "b"), key(3, "c"));
    bounds.exclude(RankKey.START, keys.get(1));
    assertEquals(keys.get(1), bounds.low());
    bounds.exclude(keys.get(2), RankKey.END);
    assertEquals(keys.get(2), bounds.high());
  }

  private static void popFirst(RankBounds bounds, NavigableSet<Slice> elements) {
    Slice first = elements.pollFirst();
    if (first != null) {
      bounds.exclude(RankKey.START, elements.isEmpty() ? RankKey.END : elements.first());
    }
  }

  private static void popLast(RankBounds bounds, NavigableSet<Slice> elements) {
    Slice last = elements.pollLast();
    if (last != null) {
      bounds.exclude(last, RankKey.END);
    }
  }

  private static RankBounds reread(RankBounds bounds) throws ByteCursor.MalformedException {
    GrowableBuffer bytes = GrowableBuffer.onHeap(64);
    bounds.appendTo(bytes);
    RankBounds again = new RankBounds();
    again.read(new ByteCursor(bytes.slice()));
    return again;
  }

  private static Slice rankKey(SplittableRandom random) {
    // Few scores and long common beginnings, so that the cut of a bound matters.
    String member = "m".repeat(random.nextInt(4) * 20) + random.nextInt(1000);
    return key(random.nextInt(-3, 3), member);
  }

  private static Slice key(double score, String member) {
    return RankKey.of(score, Slice.of(member.getBytes(StandardCharsets.UTF_8)));
  }
}
