package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.DropTables;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.MoveRun;
import io.varve.engine.compaction.CompactionChoice.Nothing;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.key.Expiry;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.TableTimes;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionEdit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Levels before, choice, levels after, as text: `src/test/resources/io/varve/engine/compaction/planner.txt`.
class PlannerScriptTest {

  private static final Path SCRIPT =
      Path.of("src/test/resources/io/varve/engine/compaction/planner.txt");
  private static final Pattern RUN = Pattern.compile("L(\\d+) run (\\d+):(.*)");
  private static final Pattern TABLE =
      Pattern.compile("(\\d+)\\[(\\w+)\\.\\.(\\w+)]x(\\d+)(?:@(\\d+))?(?:!(\\d+))?");

  /// Fan-out 4, cap a third, floor 400, memtables and tables of 100 bytes, base at level 6, windows of
  /// 1,000.
  private static final PlannerOptions OPTIONS =
      new PlannerOptions(4, 0.33, 400, 100, 100, 6).withWindowMillis(1_000);

  @Test
  void thePlannerChoosesAsTheScriptSays() throws IOException {
    List<String> actual = new ArrayList<>();
    List<String> input = new ArrayList<>();
    boolean expectedSide = false;
    List<String> script = Files.readAllLines(SCRIPT);
    for (String line : script) {
      if (line.startsWith("== ")) {
        input.clear();
        expectedSide = false;
      }
      if (line.equals("->")) {
        actual.add(line);
        actual.addAll(run(input));
        expectedSide = true;
      } else if (!expectedSide || line.isBlank()) {
        actual.add(line);
        input.add(line);
      }
    }
    if (Boolean.getBoolean("varve.test.rewrite")) {
      Files.write(SCRIPT, actual);
    }
    assertEquals(String.join("\n", script), String.join("\n", actual));
  }

  private static List<String> run(List<String> input) {
    List<List<Run>> levels = new ArrayList<>();
    Map<String, String> settings = new HashMap<>();
    for (String line : input) {
      Matcher matcher = RUN.matcher(line);
      if (matcher.matches()) {
        int level = Integer.parseInt(matcher.group(1));
        while (levels.size() <= level) {
          levels.add(new ArrayList<>());
        }
        levels.get(level).add(new Run(Long.parseLong(matcher.group(2)), tables(matcher.group(3))));
      } else if (!line.startsWith("#") && !line.startsWith("==") && line.contains(" ")) {
        int space = line.lastIndexOf(' ');
        settings.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    Version before = Version.of(levels);
    CompactionChoice choice = choose(before, settings);
    List<String> output = new ArrayList<>();
    switch (choice) {
      case Nothing _ -> output.add("nothing");
      case MergeRuns merge -> {
        output.add(merge.toString());
        if (!merge.cuts().isEmpty()) {
          output.add("cut at " + merge.cuts());
        }
        VersionEdit.Builder edit = VersionEdit.builder();
        merge.inputs().forEach(in -> in.removeFrom(edit));
        // On paper the output is one table.
        edit.add(
            merge.outputLevel(),
            merge.outputRunId(),
            table(
                99,
                merge.smallestKey(),
                merge.largestKey(),
                merge.inputBytes(),
                TableTimes.UNKNOWN));
        output.addAll(before.apply(edit.build()).describe().lines().toList());
      }
      case MoveRun move -> {
        output.add(move.toString());
        output.addAll(before.apply(move.toEdit()).describe().lines().toList());
      }
      case DropTables drop -> {
        output.add(drop.toString());
        output.addAll(before.apply(drop.toEdit()).describe().lines().toList());
      }
    }
    return output;
  }

  private static CompactionChoice choose(Version version, Map<String, String> settings) {
    CompactionMode mode =
        CompactionMode.valueOf(
            settings.getOrDefault("mode", "tiered").toUpperCase(Locale.ROOT).replace('-', '_'));
    CompactionPlanner planner = new CompactionPlanner(OPTIONS.withMode(mode));
    String blocked = settings.getOrDefault("damaged", "");
    String snapshot = settings.getOrDefault("snapshot", "");
    CompactionInputs inputs =
        new CompactionInputs(
            version,
            List.of(),
            blocked.isEmpty() ? Set.of() : Set.of(Long.parseLong(blocked)),
            filter(settings.getOrDefault("filter dead", "")),
            snapshot.isEmpty()
                ? SnapshotBounds.none()
                : new SnapshotBounds(new long[] {Long.parseLong(snapshot)}, Long.MAX_VALUE),
            Long.parseLong(settings.getOrDefault("now", "0")));
    String range = settings.getOrDefault("asked for", "");
    return range.isEmpty()
        ? planner.plan(inputs)
        : planner.planRange(
            inputs,
            new CompactionRange(
                Slice.of(range.substring(0, 1)), Slice.of(range.substring(3)), 1_000));
  }

  private static List<TableMetadata> tables(String text) {
    List<TableMetadata> tables = new ArrayList<>();
    Matcher matcher = TABLE.matcher(text);
    while (matcher.find()) {
      tables.add(
          table(
              Long.parseLong(matcher.group(1)),
              Slice.of(matcher.group(2)),
              Slice.of(matcher.group(3)),
              Long.parseLong(matcher.group(4)),
              times(matcher.group(5), matcher.group(6))));
    }
    return tables;
  }

  private static TableTimes times(@Nullable String flushed, @Nullable String expiry) {
    long millis = flushed == null ? 0 : Long.parseLong(flushed);
    long end = expiry == null ? Expiry.NEVER : Long.parseLong(expiry);
    return new TableTimes(millis, millis, end, end);
  }

  private static TableMetadata table(
      long number, Slice smallest, Slice largest, long bytes, TableTimes times) {
    return new TableMetadata(number, bytes, bytes, 0, bytes, smallest, largest, 5, 5)
        .with(0, times, List.of());
  }

  private static CompactionFilter filter(String dead) {
    return new CompactionFilter() {
      @Override
      public boolean drop(Slice userKey, Slice value) {
        return false;
      }

      @Override
      public boolean dropsRange(Slice smallest, Slice largest) {
        return !dead.isEmpty()
            && smallest.compareTo(Slice.of(dead.substring(0, 1))) >= 0
            && largest.compareTo(Slice.of(dead.substring(3))) <= 0;
      }
    };
  }
}
