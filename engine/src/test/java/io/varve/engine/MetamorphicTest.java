package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.engine.file.CrashingFileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The same random operations under random options give the same answers, which are those of a sorted
/// map: whatever the sizes of memtables, tables and caches, whoever writes the log, and however often the
/// store is closed, cut off from power, merged or copied in between.
///
/// `-Dvarve.metamorphic.histories` and `-Dvarve.seed` make it longer, or again.
class MetamorphicTest {

  private static final int HISTORIES = Integer.getInteger("varve.metamorphic.histories", 3);
  private static final int CONFIGURATIONS = 4;
  private static final int STEPS = 2_500;

  @Test
  void optionsMakeNoDifferenceToAnswers() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("MetamorphicTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int history = 0; history < HISTORIES; history++) {
      List<Step> steps = Step.history(random.split(), STEPS);
      List<String> expected = new ArrayList<>();
      ModelStore model = new ModelStore();
      steps.forEach(step -> expected.add(step.on(model)));
      for (int i = 0; i < CONFIGURATIONS; i++) {
        EngineOptions options = TestOptions.random(new CrashingFileSystem(), random);
        run(steps, expected, options, "seed " + seed + ", history " + history + ", " + options);
      }
    }
    System.out.println(
        "MetamorphicTest: "
            + HISTORIES
            + " histories of "
            + STEPS
            + " operations under "
            + CONFIGURATIONS
            + " configurations each");
  }

  private static void run(
      List<Step> steps, List<String> expected, EngineOptions options, String context) {
    try (RealStore store = new RealStore(options)) {
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        int number = i;
        assertEquals(
            expected.get(i), step.on(store), () -> context + ", step " + number + ": " + step);
      }
    }
  }
}
