package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.engine.file.CrashingFileSystem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever flushes and merges do, reads at any snapshot give what a sorted map gives.
class TableTreeModelTest {

  private record Point(TableTree.Snapshot snapshot, Map<String, String> content) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void readsAtEverySnapshotAreThoseOfASortedMap(long seed) {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    TreeMap<String, String> model = new TreeMap<>();
    List<Point> points = new ArrayList<>();
    int keys = 1 << (4 + random.nextInt(8));
    try (TableTree tree =
        new TableTree(new CrashingFileSystem(), 1 << (10 + random.nextInt(4)), 3)) {
      for (int i = 0; i < 8_000; i++) {
        String key = "key" + random.nextInt(keys);
        switch (random.nextInt(10)) {
          case 0, 1 -> {
            tree.delete(key);
            model.remove(key);
          }
          case 2 -> {
            tree.put(key, TableTree.DEAD_PREFIX + i);
            model.remove(key);
          }
          default -> {
            tree.put(key, "value" + i);
            model.put(key, "value" + i);
          }
        }
        if (random.nextInt(200) == 0) {
          points.add(new Point(tree.snapshot(), new TreeMap<>(model)));
        }
        if (points.size() > 5 || (!points.isEmpty() && random.nextInt(300) == 0)) {
          Point point = points.remove(random.nextInt(points.size()));
          check(tree, point, random, keys);
          tree.release(point.snapshot());
        }
        if (random.nextInt(2000) == 0) {
          tree.settle();
        }
        if (random.nextInt(4000) == 0) {
          tree.settle();
          tree.work.compactRange(null, null);
        }
      }
      tree.settle();
      points.add(new Point(tree.snapshot(), new TreeMap<>(model)));
      for (Point point : points) {
        check(tree, point, random, keys);
      }
      assertEquals(List.of(), tree.faults);
    }
  }

  private static void check(TableTree tree, Point point, Random random, int keys) {
    assertEquals(point.content(), tree.scan(point.snapshot()));
    for (int i = 0; i < 50; i++) {
      String key = "key" + random.nextInt(keys);
      assertEquals(point.content().get(key), tree.get(key, point.snapshot()), key);
    }
  }

  @Test
  void whatWasFlushedIsThereAfterReopening() {
    CrashingFileSystem files = new CrashingFileSystem();
    Map<String, String> expected = new HashMap<>();
    for (int round = 0; round < 5; round++) {
      try (TableTree tree = new TableTree(files, 4096, 3)) {
        for (int i = 0; i < 500; i++) {
          String key = "key" + (i * 7 + round) % 900;
          tree.put(key, "round" + round);
          expected.put(key, "round" + round);
        }
        tree.settle();
        assertEquals(expected, new HashMap<>(tree.scan(tree.snapshot())));
      }
    }
  }

  @Test
  void fullCompactionLeavesOneRunWithoutTombstonesOrShadowedVersions() {
    try (TableTree tree = new TableTree(new CrashingFileSystem(), 4096, 3)) {
      for (int i = 0; i < 3000; i++) {
        tree.put("key" + i % 500, "value" + i);
      }
      for (int i = 0; i < 500; i += 2) {
        tree.delete("key" + i);
      }
      tree.settle();
      tree.work.compactRange(null, null);
      var version = tree.versions.acquire();
      assertEquals(1, version.runCount());
      assertEquals(250, version.entryCount());
      assertEquals(0, version.run(0).tombstoneCount());
      version.release();
    }
  }
}
