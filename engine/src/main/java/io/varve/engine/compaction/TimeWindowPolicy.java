package io.varve.engine.compaction;

import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// For time series with an expiry: data of different windows of time never meet in a table, so that
/// tables expire whole and are dropped unread.
///
/// A run belongs to the window in which its youngest data left the memtable. Within the window that is
/// open, tiers are merged by count as in the tiered mode. When it is over, its runs become one run of
/// the last tier and stay as they are. There is no cap on space: what is overwritten in a later window
/// goes when its window expires. Nor are old windows ever joined while their data expire; of data without an expiry the
/// oldest windows are, or the runs would be without number.
///
/// What another mode has left in the base stays there until it is dropped.
final class TimeWindowPolicy implements CompactionPolicy {

  private final PlannerOptions options;
  private final TierMerges tiers;

  TimeWindowPolicy(PlannerOptions options) {
    this.options = options;
    this.tiers = new TierMerges(options, options.baseLevel());
  }

  @Override
  public @Nullable CompactionChoice findMerge(Situation now) {
    @Nullable CompactionChoice choice = findClosed(now);
    if (choice == null) {
      choice = findYoungMerge(now, options.lastTier());
    }
    return choice == null ? findTooMany(now) : choice;
  }

  /// The oldest runs above the last tier, if their window is over.
  private @Nullable CompactionChoice findClosed(Situation now) {
    List<InputRun> inputs = new ArrayList<>();
    long window = Long.MIN_VALUE;
    for (int age = now.version.runCount() - 1; age >= 0; age--) {
      Run run = now.version.run(age);
      int level = now.version.levelOf(age);
      if (level >= options.lastTier()) {
        continue;
      }
      if (inputs.isEmpty()) {
        window = windowOf(run);
      } else if (windowOf(run) != window) {
        break;
      }
      if (!now.isFree(run)) {
        return null;
      }
      inputs.addFirst(new InputRun(level, run.id(), run.tables()));
    }
    return inputs.isEmpty() || window >= window(now.inputs.nowMillis())
        ? null
        : tiers.merge(now, inputs, options.lastTier(), Reason.WINDOW_CLOSED);
  }

  @Override
  public @Nullable CompactionChoice findYoungMerge(Situation now, int belowLevel) {
    for (int level = 0; level < Math.min(belowLevel, options.lastTier()); level++) {
      List<Run> group = oldestOfOneWindow(tiers.atMost(tiers.oldestFree(now, level)));
      if (group.size() >= options.fanOut()) {
        int outputLevel = Math.min(level + 1, options.lastTier() - 1);
        return tiers.merge(now, TierMerges.toInputs(group, level), outputLevel, Reason.RUN_COUNT);
      }
      @Nullable CompactionChoice above = tiers.findAboveDamage(now, level, options.fanOut());
      if (above != null) {
        return above;
      }
    }
    return null;
  }

  private List<Run> oldestOfOneWindow(List<Run> runs) {
    int from = runs.size();
    while (from > 0 && windowOf(runs.get(from - 1)) == windowOf(runs.getLast())) {
      from--;
    }
    return runs.subList(from, runs.size());
  }

  /// Windows of which nothing ever expires, once they are very many.
  private @Nullable CompactionChoice findTooMany(Situation now) {
    int level = options.lastTier();
    if (now.level(level).size() <= options.fanOut() * PlannerOptions.WINDOWS_OF_FAN_OUT) {
      return null;
    }
    List<Run> free = tiers.oldestFree(now, level);
    int from = free.size();
    while (from > 0 && free.size() - from < options.fanOut() && neverExpires(free.get(from - 1))) {
      from--;
    }
    return free.size() - from < 2
        ? null
        : tiers.merge(
            now,
            TierMerges.toInputs(free.subList(from, free.size()), level),
            level,
            Reason.RUN_COUNT);
  }

  private static boolean neverExpires(Run run) {
    for (TableMetadata table : run.tables()) {
      if (table.times().lastExpiryMillis() != Long.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  private long windowOf(Run run) {
    long newest = 0;
    for (TableMetadata table : run.tables()) {
      newest = Math.max(newest, table.times().newestMillis());
    }
    return window(newest);
  }

  private long window(long millis) {
    return Math.floorDiv(millis, options.windowMillis());
  }

  @Override
  public int cutLevel(long baseBytes) {
    return options.baseLevel();
  }

  /// Space is bounded by expiry alone.
  @Override
  public long bytesAboveBaseMax(Version version) {
    return Long.MAX_VALUE;
  }

  /// The windows whose tables a range touches, each of several runs to one; the open one too.
  @Nullable CompactionChoice findInRange(Situation now, CompactionRange range) {
    int age = now.version.runCount() - 1;
    while (age >= 0) {
      long window = windowOf(now.version.run(age));
      List<InputRun> inputs = new ArrayList<>();
      boolean wanted = false;
      boolean free = true;
      int level = 0;
      for (; age >= 0 && windowOf(now.version.run(age)) == window; age--) {
        Run run = now.version.run(age);
        level = now.version.levelOf(age);
        if (level < options.baseLevel() && range.isOld(run.id())) {
          inputs.addFirst(new InputRun(level, run.id(), run.tables()));
          wanted |= range.touches(run);
          free &= now.isFree(run);
        }
      }
      if (wanted && free && inputs.size() > 1) {
        return tiers.merge(now, inputs, inputs.getLast().level(), Reason.MANUAL);
      }
    }
    return null;
  }
}
