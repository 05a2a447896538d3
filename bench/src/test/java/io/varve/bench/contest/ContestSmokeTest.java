package io.varve.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.bench.contest.StoreOptions.Codec;
import io.varve.bench.contest.StoreOptions.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the whole comparison on next to nothing, so that it cannot rot.
class ContestSmokeTest {

  private static final int COLUMNS_MAX = 100;

  @TempDir private Path directory;

  @Test
  void everyRowAndTargetRunsOnBothSidesWithRightAnswers() throws Exception {
    ContestReport report = RocksDbCommand.run(directory, tiny(), Selection.of(List.of()));

    assertEquals(0, report.failures());
    for (RowResult row : report.rows()) {
      assertTrue(row.varve().operations() > 0, row.row());
      assertTrue(row.rocksdb().operations() > 0, row.row());
    }
    assertTrue(report.rows().size() >= Row.values().length - 1, "rows of both sides");
    assertTrue(report.targets().size() >= Target.values().length);
    assertFitsAPage(ContestTable.of(report));
    assertJsonHolds(report);
    assertEmpty();
  }

  private static Setup tiny() {
    return new Setup(
        1000,
        16,
        100,
        0.5,
        64 << 10,
        1 << 20,
        1,
        Codec.MIXED,
        Sync.NEVER,
        1,
        1,
        2,
        1000,
        1,
        List.of(4),
        64 << 10,
        1000);
  }

  private static void assertFitsAPage(String table) {
    for (String line : table.split("\n", -1)) {
      assertTrue(line.length() <= COLUMNS_MAX, line);
    }
  }

  private static void assertJsonHolds(ContestReport report) throws IOException {
    JsonNode json = new ObjectMapper().readTree(report.toJson());
    assertEquals(1000, json.get("setup").get("keys").asLong());
    assertTrue(json.get("rows").get(0).get("ratios").has("writeAmplification"));
    assertTrue(json.get("targets").get(0).has("verdict"));
  }

  /// Stores are deleted when they are done with.
  private void assertEmpty() throws IOException {
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
