package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.DropTables;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Nothing;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.TableTimes;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionChecker;
import io.varve.engine.version.VersionEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A store on paper with real keys: carries the planner's choices out on little maps, several merges at a
/// time that end in any order, and checks after each change that a read from young to old finds what was
/// written last.
final class PaperStore {

  private static final int KEYS = 400;
  private static final int MERGES_MAX = 4;
  private static final long LIFE_MILLIS = 200;

  /// A version of a key: written when, and what; a null value is a tombstone.
  private record Entry(long sequence, @Nullable Integer value, long expiryMillis) {}

  /// A merge at work, and what it knew when it began.
  private record Running(MergeRuns merge, Version then) {}

  private final Random random;
  private final Map<Long, NavigableMap<Integer, Entry>> tables = new HashMap<>();
  private final NavigableMap<Integer, Entry> truth = new TreeMap<>();
  private final List<Running> running = new ArrayList<>();
  private final Set<Long> blocked = new HashSet<>();
  private Version version = Version.of(List.of());
  private CompactionPlanner planner;
  private long nextNumber = StoreState.BASE_RUN_ID + 1;
  private long sequence;
  private long nowMillis = 1_000;

  PaperStore(long seed, CompactionMode mode) {
    random = new Random(seed);
    planner =
        new CompactionPlanner(
            new PlannerOptions(mode, 3 + random.nextInt(3), 0.33, 4_000, 2_000, 1_000, 5, 4, 40));
  }

  CompactionPlanner planner() {
    return planner;
  }

  Version version() {
    return version;
  }

  long nowMillis() {
    return nowMillis;
  }

  Random random() {
    return random;
  }

  void setMode(CompactionMode mode) {
    planner = new CompactionPlanner(planner.options().withMode(mode));
  }

  /// Lets the youngest table of all be damaged.
  void damage() {
    blocked.add(version.run(0).table(0).fileNumber());
  }

  /// Time goes by, a memtable is flushed, some merges begin, some end.
  void step() {
    nowMillis += random.nextInt(10);
    flush();
    int merges = random.nextInt(4);
    for (int i = 0; i < merges; i++) {
      plan();
    }
    while (!running.isEmpty() && (running.size() >= MERGES_MAX || random.nextInt(3) == 0)) {
      finish(running.remove(random.nextInt(running.size())));
    }
    check();
  }

  void flush() {
    NavigableMap<Integer, Entry> entries = new TreeMap<>();
    int from = random.nextInt(3) == 0 ? random.nextInt(KEYS) : 0;
    int to = random.nextInt(3) == 0 ? from + 1 + random.nextInt(KEYS / 10) : KEYS;
    int count = 1 + random.nextInt(40);
    boolean expires = random.nextInt(3) == 0;
    for (int i = 0; i < count; i++) {
      int key = from + random.nextInt(Math.max(1, Math.min(KEYS, to) - from));
      @Nullable Integer value = random.nextInt(4) == 0 ? null : random.nextInt();
      entries.put(
          key, new Entry(++sequence, value, expires ? nowMillis + LIFE_MILLIS : Long.MAX_VALUE));
    }
    truth.putAll(entries);
    long runId = nextNumber++;
    VersionEdit.Builder edit = VersionEdit.builder();
    for (NavigableMap<Integer, Entry> part :
        cut(entries, planner.flushCuts(version, bytes(entries)), Long.MAX_VALUE)) {
      edit.add(0, runId, newTable(part, new TableTimes(nowMillis, nowMillis, 1, 1)));
    }
    apply(edit);
  }

  private static List<NavigableMap<Integer, Entry>> cut(
      NavigableMap<Integer, Entry> entries, List<Slice> cuts, long tableBytes) {
    List<NavigableMap<Integer, Entry>> parts = new ArrayList<>();
    NavigableMap<Integer, Entry> part = new TreeMap<>();
    int next = 0;
    for (Map.Entry<Integer, Entry> entry : entries.entrySet()) {
      boolean ends = bytes(part) >= tableBytes;
      while (next < cuts.size() && cuts.get(next).compareTo(key(entry.getKey())) <= 0) {
        next++;
        ends = true;
      }
      if (ends && !part.isEmpty()) {
        parts.add(part);
        part = new TreeMap<>();
      }
      part.put(entry.getKey(), entry.getValue());
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  private static long bytes(NavigableMap<Integer, Entry> entries) {
    return 50L * entries.size();
  }

  private static Slice key(int key) {
    return Slice.of("%05d".formatted(key));
  }

  private TableMetadata newTable(NavigableMap<Integer, Entry> entries, TableTimes dates) {
    long number = nextNumber++;
    tables.put(number, entries);
    long tombstones = entries.values().stream().filter(e -> e.value() == null).count();
    long lastExpiry =
        entries.values().stream()
            .mapToLong(e -> e.value() == null ? 0 : e.expiryMillis())
            .max()
            .orElseThrow();
    return new TableMetadata(
            number,
            bytes(entries),
            entries.size(),
            tombstones,
            bytes(entries),
            key(entries.firstKey()),
            key(entries.lastKey()),
            entries.values().stream().mapToLong(Entry::sequence).min().orElseThrow(),
            entries.values().stream().mapToLong(Entry::sequence).max().orElseThrow())
        .with(
            0,
            new TableTimes(
                dates.oldestMillis(), dates.newestMillis(), Math.max(1, lastExpiry), lastExpiry),
            List.of());
  }

  private CompactionInputs inputs() {
    return new CompactionInputs(
        version,
        running.stream().map(Running::merge).toList(),
        blocked,
        CompactionFilter.NONE,
        SnapshotBounds.none(),
        nowMillis);
  }

  private boolean plan() {
    if (running.size() >= MERGES_MAX) {
      return false;
    }
    CompactionChoice choice =
        running.isEmpty() || random.nextInt(4) > 0
            ? planner.plan(inputs())
            : planner.planYoung(inputs(), running.getLast().merge());
    return take(choice);
  }

  private boolean take(CompactionChoice choice) {
    switch (choice) {
      case Nothing _ -> {
        return false;
      }
      case MoveRun move -> apply(move.toEdit().toBuilder());
      case DropTables drop -> apply(drop.toEdit().toBuilder());
      case MergeRuns merge -> running.add(new Running(merge, version));
    }
    check();
    return true;
  }

  void compactRange() {
    int a = random.nextInt(KEYS);
    int b = random.nextInt(KEYS);
    CompactionRange range =
        random.nextBoolean()
            ? new CompactionRange(null, null, nextNumber++)
            : new CompactionRange(key(Math.min(a, b)), key(Math.max(a, b)), nextNumber++);
    int steps = 0;
    while (take(planner.planRange(inputs(), range)) || !running.isEmpty()) {
      assertTrue(steps++ < 1_000, () -> "no end of " + range + version.describe());
      if (running.size() >= MERGES_MAX || (!running.isEmpty() && random.nextBoolean())) {
        finish(running.remove(random.nextInt(running.size())));
      }
    }
  }

  void settle() {
    int steps = 0;
    while (plan() || !running.isEmpty()) {
      assertTrue(steps++ < 2_000, () -> "no rest: " + planner.options() + version.describe());
      if (!running.isEmpty() && random.nextBoolean()) {
        finish(running.remove(random.nextInt(running.size())));
      }
    }
    assertTrue(planner.plan(inputs()) instanceof Nothing);
  }

  /// As a merge job does it: tombstones go by what the version says that was current at the beginning.
  private void finish(Running job) {
    MergeRuns merge = job.merge();
    VersionEdit.Builder edit = VersionEdit.builder();
    NavigableMap<Integer, Entry> merged = new TreeMap<>();
    Set<Long> numbers = new HashSet<>();
    long youngest = 0;
    long oldestMillis = Long.MAX_VALUE;
    long newestMillis = 0;
    for (InputRun input : merge.inputs()) {
      input.removeFrom(edit);
      youngest = Math.max(youngest, input.runId());
      for (TableMetadata table : input.tables()) {
        numbers.add(table.fileNumber());
        tables.get(table.fileNumber()).forEach(merged::putIfAbsent);
        oldestMillis = Math.min(oldestMillis, table.times().oldestMillis());
        newestMillis = Math.max(newestMillis, table.times().newestMillis());
      }
    }
    OlderRuns older = new OlderRuns(job.then(), youngest, numbers);
    merged
        .entrySet()
        .removeIf(
            entry ->
                (entry.getValue().value() == null || entry.getValue().expiryMillis() <= nowMillis)
                    && !older.mayHold(key(entry.getKey())));
    merged.replaceAll(
        (_, entry) ->
            entry.expiryMillis() <= nowMillis
                ? new Entry(entry.sequence(), null, entry.expiryMillis())
                : entry);
    TableTimes dates = new TableTimes(oldestMillis, newestMillis, 1, 1);
    for (NavigableMap<Integer, Entry> part : cut(merged, merge.cuts(), merge.outputTableBytes())) {
      edit.add(merge.outputLevel(), merge.outputRunId(), newTable(part, dates));
    }
    apply(edit);
  }

  private void apply(VersionEdit.Builder edit) {
    version = version.apply(edit.build());
  }

  private void check() {
    assertEquals(List.of(), VersionChecker.check(version, nextNumber, sequence));
    for (int key = 0; key < KEYS; key++) {
      assertEquals(visible(truth.get(key)), visible(find(key)), "key " + key);
    }
  }

  private @Nullable Entry find(int key) {
    for (int age = 0; age < version.runCount(); age++) {
      TableMetadata table = version.run(age).find(key(key));
      @Nullable Entry entry = table == null ? null : tables.get(table.fileNumber()).get(key);
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }

  private @Nullable Integer visible(@Nullable Entry entry) {
    return entry == null || entry.expiryMillis() <= nowMillis ? null : entry.value();
  }
}
