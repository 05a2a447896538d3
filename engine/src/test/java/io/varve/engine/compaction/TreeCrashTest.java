package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Power cuts in the middle of flushes and merges. Without a log, what survives is a prefix: all writes
/// up to the end of some flush, and none of those that had been acknowledged as flushed is missing.
class TreeCrashTest {

  private record Clone(CrashingFileSystem files, long flushedSequence) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatSurvivesAPowerCutIsAPrefixThatHoldsAllFlushes(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    CrashingFileSystem files = new CrashingFileSystem();
    List<Clone> clones = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    List<String> values = new ArrayList<>();
    try (TableTree tree = new TableTree(files, 2048, 3).withoutFilter()) {
      Random draws = new Random(seed);
      files.watch(
          (_, _) -> {
            synchronized (clones) {
              // Few of many, or the test takes minutes.
              if (draws.nextInt(6) == 0) {
                long flushed = tree.versions.lastSequence();
                clones.add(new Clone(files.crashClone(survival(draws)), flushed));
              }
            }
          });
      for (int i = 0; i < 5_000; i++) {
        String key = "key" + random.nextInt(200);
        boolean put = random.nextInt(4) > 0;
        long sequence = put ? tree.put(key, "value" + i) : tree.delete(key);
        assertEquals(i + 1, sequence);
        keys.add(key);
        values.add(put ? "value" + i : "");
      }
      tree.settle();
      files.watch(null);
    }
    assertTrue(clones.size() > 20, "crash points");
    for (Clone clone : clones) {
      try (TableTree tree = new TableTree(clone.files(), 2048, 3).withoutFilter()) {
        long survived = tree.sequence();
        assertTrue(
            survived >= clone.flushedSequence(),
            survived + " survived, " + clone.flushedSequence() + " were flushed");
        TreeMap<String, String> expected = new TreeMap<>();
        for (int i = 0; i < survived; i++) {
          if (values.get(i).isEmpty()) {
            expected.remove(keys.get(i));
          } else {
            expected.put(keys.get(i), values.get(i));
          }
        }
        assertEquals(expected, tree.scan(tree.snapshot()));
        tree.work.compactRange(null, null);
        assertEquals(expected, tree.scan(tree.snapshot()));
      }
    }
    System.out.println("crash points " + clones.size() + ", lost 0, prefix violations 0");
  }

  private static Survival survival(Random draws) {
    return switch (draws.nextInt(3)) {
      case 0 -> new Survival.Synced();
      case 1 -> new Survival.Everything();
      default -> new Survival.Drawn(draws.nextLong(), draws.nextInt(100));
    };
  }
}
