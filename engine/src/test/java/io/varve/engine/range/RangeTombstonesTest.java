package io.varve.engine.range;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RangeTombstonesTest {

  private static final int KEYS = 60;

  private static Slice key(int number) {
    return Slice.of(String.format("%04d", number));
  }

  private static RangeTombstone tombstone(int from, int to, long sequence) {
    return new RangeTombstone(key(from), to >= KEYS ? KeyRange.END : key(to), sequence);
  }

  private static long expected(List<RangeTombstone> all, Slice key, long sequence) {
    long newest = KeySpan.UNCOVERED;
    for (RangeTombstone each : all) {
      if (each.sequence() <= sequence && each.covers(key)) {
        newest = Math.max(newest, each.sequence());
      }
    }
    return newest;
  }

  @Test
  void everyKeyAtEverySequenceNumberHasTheNewestTombstoneOverIt() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("RangeTombstonesTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 12; round++) {
      List<RangeTombstone> all = new ArrayList<>();
      RangeTombstoneLog log = new RangeTombstoneLog();
      int count = 1 + random.nextInt(80);
      for (int i = 0; i < count; i++) {
        int from = random.nextInt(KEYS);
        int width = 1 + random.nextInt(random.nextInt(4) == 0 ? KEYS : 5);
        RangeTombstone next = tombstone(from, from + width, 2L * i + 2);
        all.add(next);
        log.add(next.start(), next.end(), next.sequence());
      }
      check(log.current(), all, seed);
      List<RangeTombstone> shuffled = new ArrayList<>(all);
      shuffled.sort((a, b) -> a.end().compareTo(b.end()));
      check(RangeTombstones.of(shuffled), all, seed);
      assertEquals(count, log.current().count());
      assertEquals(all, log.current().toList());
    }
  }

  private static void check(RangeTombstones tombstones, List<RangeTombstone> all, long seed) {
    KeySpan span = new KeySpan();
    long last = all.getLast().sequence() + 1;
    for (long sequence = 1; sequence <= last; sequence += 5) {
      for (int number = 0; number < KEYS; number++) {
        Slice key = key(number);
        long expected = expected(all, key, sequence);
        String hint = "seed " + seed + " key " + key + " at " + sequence;
        assertEquals(expected, tombstones.sequenceAt(key, sequence), hint);
        tombstones.locate(key, sequence, span);
        assertEquals(expected, span.sequence(), hint);
        assertTrue(span.contains(key), hint);
        for (int other = Math.max(0, number - 6); other < Math.min(KEYS, number + 6); other++) {
          if (span.contains(key(other))) {
            assertEquals(expected, expected(all, key(other), sequence), hint + " span " + span);
          }
        }
      }
    }
  }

  @Test
  void fromAboveNeighboursOfOneSequenceNumberAreOnePiece() {
    List<RangeTombstone> pieces =
        RangeTombstones.of(List.of(tombstone(1, 5, 7), tombstone(5, 9, 7), tombstone(3, 6, 4)))
            .fromAbove();
    assertEquals(List.of(tombstone(1, 9, 7)), pieces);
  }

  @Test
  void fromAboveAYoungerRangeCutsAnOlderOneInTwo() {
    List<RangeTombstone> pieces =
        RangeTombstones.of(List.of(tombstone(1, 60, 3), tombstone(10, 20, 9))).fromAbove();
    assertEquals(List.of(tombstone(1, 10, 3), tombstone(10, 20, 9), tombstone(20, 60, 3)), pieces);
  }

  @Test
  void aQueueThatIsTrimmedFromItsStartTakesSpaceInProportion() {
    RangeTombstoneLog log = new RangeTombstoneLog();
    int trims = 20_000;
    for (int i = 1; i <= trims; i++) {
      log.add(Slice.of("q"), Slice.of(String.format("q%08d", i)), i);
    }
    assertEquals(trims, log.current().sequenceAt(Slice.of("q00000000"), Long.MAX_VALUE));
    assertEquals(100, log.current().sequenceAt(Slice.of("q00000000"), 100));
    assertEquals(KeySpan.UNCOVERED, log.current().sequenceAt(Slice.of("q00000200"), 100));
    assertTrue(log.memoryBytes() < 1_000L * trims, "memory " + log.memoryBytes());
    assertEquals(1, log.current().fromAbove().size(), "the last trim covers all others");
  }

  @Test
  void whatAReaderTookDoesNotChange() {
    RangeTombstoneLog log = new RangeTombstoneLog();
    log.add(key(1), key(5), 1);
    RangeTombstones before = log.current();
    log.add(key(1), key(5), 2);
    assertEquals(1, before.sequenceAt(key(3), 10));
    assertEquals(2, log.current().sequenceAt(key(3), 10));
  }

  @Test
  void theBoundsAreCopied() {
    RangeTombstoneLog log = new RangeTombstoneLog();
    byte[] start = {1};
    byte[] end = {3};
    log.add(Slice.of(start), Slice.of(end), 5);
    start[0] = 9;
    end[0] = 9;
    assertEquals(5, log.current().sequenceAt(Slice.of(new byte[] {2}), 5));
  }
}
