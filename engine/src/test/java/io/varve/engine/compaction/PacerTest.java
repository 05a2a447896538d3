package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.version.TableMetadata;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who yields to whom, how long, and what a limit does. The clock is a number that waiting moves.
class PacerTest {

  private static final long MILLI = 1_000_000;
  private static final long MIB = 1 << 20;

  private long now = 17;
  private final Pacer pacer = new Pacer(0, () -> now, nanos -> now += nanos);

  @Test
  void nothingHoldsBackWhatIsAlone() {
    try (Pacer.Turn merge = pacer.begin(merge(Reason.SPACE))) {
      now += 5 * MILLI;
      long before = now;
      merge.step(MIB);
      assertEquals(before, now);
    }
    assertEquals(0, pacer.waitedNanos());
  }

  @Test
  void aMergeYieldsToAFlushButNotForEver() {
    try (Pacer.Turn _ = pacer.beginFlush(64 * MIB);
        Pacer.Turn merge = pacer.begin(merge(Reason.RUN_COUNT))) {
      long before = now;
      merge.step(MIB);
      assertEquals(10 * MILLI, now - before);
    }
    assertEquals(10 * MILLI, pacer.waitedNanos());
  }

  @Test
  void aMergeIntoTheBaseYieldsToAYoungOneForAsLongAsItsStepTook() {
    try (Pacer.Turn young = pacer.begin(merge(Reason.RUN_COUNT));
        Pacer.Turn shard = pacer.begin(merge(Reason.SPACE))) {
      now += 3 * MILLI;
      long before = now;
      shard.step(MIB);
      assertEquals(3 * MILLI, now - before);
      before = now;
      young.step(MIB);
      assertEquals(before, now, "the young one waits for nobody");
    }
  }

  @Test
  void whatSomebodyAskedForYieldsToAll() {
    try (Pacer.Turn _ = pacer.begin(merge(Reason.RUN_COUNT));
        Pacer.Turn _ = pacer.begin(merge(Reason.SPACE));
        Pacer.Turn manual = pacer.begin(merge(Reason.MANUAL))) {
      now += 3 * MILLI;
      long before = now;
      manual.step(MIB);
      assertEquals(6 * MILLI, now - before);
    }
  }

  @Test
  void aLimitHoldsOverAllMergesAndChangesAtOnce() {
    pacer.setBytesPerSecond(10 * MIB);
    long before = now;
    try (Pacer.Turn one = pacer.begin(merge(Reason.SPACE));
        Pacer.Turn two = pacer.begin(merge(Reason.SPACE))) {
      for (int i = 0; i < 50; i++) {
        one.step(MIB);
        two.step(MIB);
      }
      assertEquals(10, (now - before) / 1e9, 0.01);
      pacer.setBytesPerSecond(100 * MIB);
      before = now;
      for (int i = 0; i < 100; i++) {
        one.step(MIB);
      }
      assertEquals(1, (now - before) / 1e9, 0.01);
      pacer.setBytesPerSecond(0);
      before = now;
      one.step(MIB);
      assertEquals(before, now);
    }
    assertThrows(IllegalArgumentException.class, () -> pacer.setBytesPerSecond(-1));
  }

  @Test
  void aFlushCountsButDoesNotWait() {
    pacer.setBytesPerSecond(10 * MIB);
    long before = now;
    try (Pacer.Turn flush = pacer.beginFlush(64 * MIB)) {
      for (int i = 0; i < 64; i++) {
        flush.step(MIB);
      }
      assertEquals(64 * MIB, pacer.flushBytesDone());
    }
    assertEquals(before, now);
    assertEquals(0, pacer.flushBytesDone());
    try (Pacer.Turn merge = pacer.begin(merge(Reason.SPACE))) {
      merge.step(MIB);
    }
    // Its own 100 ms and those of the flush that it could book at most.
    assertEquals(200, (now - before) / 1e6, 1);
  }

  @Test
  void whatIsMeasuredIsBytesOverBusyTime() {
    for (int job = 0; job < 20; job++) {
      try (Pacer.Turn flush = pacer.beginFlush(10 * MIB)) {
        for (int i = 0; i < 10; i++) {
          now += 50 * MILLI;
          flush.step(MIB);
        }
      }
      try (Pacer.Turn merge = pacer.begin(merge(Reason.RUN_COUNT))) {
        for (int i = 0; i < 30; i++) {
          now += 20 * MILLI;
          merge.step(MIB);
        }
      }
      now += 10_000 * MILLI;
    }
    assertEquals(20, pacer.rates().flushBytesPerSecond() / MIB, 5);
    assertEquals(50, pacer.rates().mergeBytesPerSecond() / MIB, 2);
    assertEquals(3, pacer.rates().mergeBytesPerFlushByte(), 0.4);
  }

  @Test
  void aStoreThatClosesEndsAllOfThem() {
    try (Pacer.Turn flush = pacer.beginFlush(MIB);
        Pacer.Turn merge = pacer.begin(merge(Reason.SPACE))) {
      pacer.stop();
      assertThrows(JobCancelledException.class, () -> flush.step(1));
      assertThrows(JobCancelledException.class, () -> merge.step(1));
    }
    assertTrue(pacer.rates().flushBytesPerSecond() > 0);
  }

  private static MergeRuns merge(Reason reason) {
    TableMetadata table = new TableMetadata(1, 1, 1, 0, 1, Slice.of("a"), Slice.of("b"), 1, 1);
    return new MergeRuns(List.of(new InputRun(0, 1, List.of(table))), 1, 1, List.of(), 1, reason);
  }
}
