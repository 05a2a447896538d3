package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever the planner chooses, in whatever order merges end, and however the mode changes meanwhile: a
/// read finds what was written last. [PaperStore] checks that after each change.
class PlannerModelTest {

  private static final int FLUSHES = 700;

  @ParameterizedTest
  @CsvSource({
    "TIERED, 1",
    "TIERED, 2",
    "LEVELED, 3",
    "LEVELED, 4",
    "LAZY_LEVELED, 5",
    "LAZY_LEVELED, 6",
    "TIME_WINDOW, 7",
    "TIME_WINDOW, 8"
  })
  void readsFindWhatWasWrittenLastWhateverIsMergedMeanwhile(CompactionMode mode, long seed) {
    System.out.println("mode " + mode + ", seed " + seed);
    PaperStore store = new PaperStore(seed, mode);
    for (int i = 0; i < FLUSHES; i++) {
      store.step();
    }
  }

  @ParameterizedTest
  @CsvSource({"11", "12", "13", "14", "15", "16"})
  void everyModeTakesOverWhatAnyOtherHasLeft(long seed) {
    System.out.println("seed " + seed);
    PaperStore store = new PaperStore(seed, CompactionMode.TIERED);
    CompactionMode[] modes = CompactionMode.values();
    for (int i = 0; i < FLUSHES; i++) {
      store.step();
      if (store.random().nextInt(25) == 0) {
        CompactionMode mode = modes[store.random().nextInt(modes.length)];
        store.setMode(mode);
      }
      if (store.random().nextInt(60) == 0) {
        store.compactRange();
      }
    }
    for (CompactionMode mode : modes) {
      store.setMode(mode);
      store.settle();
      List<String> findings =
          ShapeChecker.check(store.planner(), store.version(), store.nowMillis());
      assertEquals(List.of(), findings, store.version().describe());
    }
  }

  @ParameterizedTest
  @CsvSource({"21", "22", "23"})
  void whatIsDamagedDoesNotStopTheRest(long seed) {
    System.out.println("seed " + seed);
    PaperStore store = new PaperStore(seed, CompactionMode.TIERED);
    for (int i = 0; i < 40; i++) {
      store.step();
    }
    store.settle();
    store.flush();
    store.damage();
    for (int i = 0; i < 300; i++) {
      store.step();
      store.settle();
      assertTrue(store.version().runCount() < 40, store.version().describe());
    }
  }
}
