package io.varve.engine.compaction;

import io.varve.engine.version.Run;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.List;

/// Says where a version at rest is not of the shape that its mode promises: what a user was told about
/// runs and space. Tests run it when the planner has nothing left to do.
final class ShapeChecker {

  private ShapeChecker() {}

  /// What is wrong with the shape, when nothing is damaged and nothing is being merged.
  static List<String> check(CompactionPlanner planner, Version version, long nowMillis) {
    PlannerOptions options = planner.options();
    List<String> findings = new ArrayList<>();
    if (version.level(options.baseLevel()).size() > 1) {
      findings.add("the base is more than one run");
    }
    switch (options.mode()) {
      case TIERED, LAZY_LEVELED -> {
        checkSpace(planner, version, findings);
        for (int level = 0; level < options.baseLevel(); level++) {
          checkRuns(version, level, options.deepestTierRunsMax() - 1, findings);
        }
      }
      case LEVELED -> {
        checkSpace(planner, version, findings);
        for (int level = 1; level < options.baseLevel(); level++) {
          checkRuns(version, level, 1, findings);
        }
      }
      case TIME_WINDOW -> {
        for (int level = 0; level < options.lastTier(); level++) {
          checkRuns(version, level, options.fanOut() - 1, findings);
          checkWindow(options, version, level, nowMillis, findings);
        }
      }
    }
    return findings;
  }

  private static void checkSpace(
      CompactionPlanner planner, Version version, List<String> findings) {
    CompactionDebt debt = planner.debt(version);
    long slack =
        planner.options().mode() == CompactionMode.LEVELED
            ? PlannerOptions.LEVELED_FLUSHES * planner.options().memtableBytes()
            : 0;
    if (debt.excessBytes() > slack) {
      findings.add(
          debt.bytesAboveBase()
              + " bytes lie above a base of "
              + debt.baseBytes()
              + ", "
              + debt.bytesAboveBaseMax()
              + " may");
    }
  }

  private static void checkRuns(Version version, int level, int runsMax, List<String> findings) {
    if (version.level(level).size() > runsMax) {
      findings.add(
          "level " + level + " has " + version.level(level).size() + " runs, at most " + runsMax);
    }
  }

  /// What lies above the last tier is of the window that is open.
  private static void checkWindow(
      PlannerOptions options, Version version, int level, long nowMillis, List<String> findings) {
    for (Run run : version.level(level)) {
      long newest = 0;
      for (var table : run.tables()) {
        newest = Math.max(newest, table.times().newestMillis());
      }
      if (Math.floorDiv(newest, options.windowMillis())
          < Math.floorDiv(nowMillis, options.windowMillis())) {
        findings.add("level " + level + ": " + run + " is of a window that is over");
      }
    }
  }
}
