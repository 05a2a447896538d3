package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.engine.bytes.Slice;
import io.varve.engine.compaction.CompactionChoice.MergeRuns;
import io.varve.engine.compaction.CompactionChoice.Reason;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.TableTimes;
import io.varve.engine.version.ValueFileShare;
import io.varve.engine.version.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which value files a merge carries and which it rewrites.
class ValueOwnershipTest {

  private static final int BASE = 2;
  private static final long VALUE_FILE = 100;

  /// Bytes of all values of the file.
  private static final long VALUE_BYTES = 1_000;

  private long nextNumber = 10;

  /// A table that refers to some bytes of the value file; 0 for none.
  private TableMetadata table(String from, String to, long shareBytes) {
    TableMetadata plain =
        new TableMetadata(nextNumber++, 1_000, 1, 0, 1, Slice.of(from), Slice.of(to), 1, 1);
    List<ValueFileShare> shares =
        shareBytes == 0
            ? List.of()
            : List.of(new ValueFileShare(VALUE_FILE, shareBytes, VALUE_BYTES, VALUE_BYTES + 100));
    return plain.with(0, TableTimes.UNKNOWN, shares);
  }

  private static Version version(List<TableMetadata> young, List<TableMetadata> base) {
    return Version.of(
        List.of(
            young.isEmpty() ? List.of() : List.of(new Run(5, young)),
            List.of(),
            base.isEmpty() ? List.of() : List.of(new Run(1, base))));
  }

  private static boolean carries(
      Version version, List<InputRun> inputs, int outputLevel, List<Slice> cuts, Reason reason) {
    MergeRuns merge = new MergeRuns(inputs, outputLevel, 5, cuts, 1_500, reason);
    return ValueOwnership.of(version.valueFiles(), merge, BASE).carries(VALUE_FILE);
  }

  @Test
  void aMergeOfYoungRunsCarriesWhatSpansAll() {
    TableMetadata inside = table("a", "m", 400);
    TableMetadata outside = table("n", "z", 600);
    Version version = version(List.of(inside, outside), List.of());
    List<InputRun> inputs = List.of(new InputRun(0, 5, List.of(inside)));
    assertEquals(true, carries(version, inputs, 1, List.of(), Reason.RUN_COUNT));
  }

  @Test
  void aMergeIntoTheBaseRewritesWhatTablesOutsideReferTo() {
    TableMetadata inside = table("a", "m", 400);
    TableMetadata outside = table("n", "z", 600);
    Version version = version(List.of(inside, outside), List.of());
    List<InputRun> part = List.of(new InputRun(0, 5, List.of(inside)));
    assertEquals(false, carries(version, part, BASE, List.of(), Reason.SPACE));
    List<InputRun> whole = List.of(new InputRun(0, 5, List.of(inside, outside)));
    assertEquals(true, carries(version, whole, BASE, List.of(), Reason.SPACE));
  }

  @Test
  void aMergeThatIsCutRewritesWhatLiesOnBothSidesOfACut() {
    TableMetadata table = table("a", "m", VALUE_BYTES);
    Version version = version(List.of(table), List.of());
    List<InputRun> inputs = List.of(new InputRun(0, 5, List.of(table)));
    for (String cut : List.of("b", "m")) {
      assertEquals(
          false, carries(version, inputs, 1, List.of(Slice.of(cut)), Reason.RUN_COUNT), cut);
    }
    for (String cut : List.of("a", "mm")) {
      assertEquals(
          true, carries(version, inputs, 1, List.of(Slice.of(cut)), Reason.RUN_COUNT), cut);
    }
  }

  @Test
  void aMergeIntoTheBaseRewritesWhatSpreadsOverManyTables() {
    TableMetadata young = table("a", "z", VALUE_BYTES);
    List<TableMetadata> few = List.of(table("b", "c", 0), table("d", "e", 0));
    List<TableMetadata> many =
        List.of(
            table("b", "c", 0),
            table("d", "e", 0),
            table("f", "g", 0),
            table("h", "i", 0),
            table("j", "k", 0),
            table("l", "m", 0),
            table("n", "o", 0));
    for (List<TableMetadata> base : List.of(few, many)) {
      List<InputRun> inputs =
          List.of(new InputRun(0, 5, List.of(young)), new InputRun(BASE, 1, base));
      assertEquals(
          base.equals(few),
          carries(version(List.of(young), base), inputs, BASE, List.of(), Reason.SPACE));
    }
  }

  @Test
  void aFileOfTheMergesOwnIsRewrittenForItsGarbage() {
    for (long live : new long[] {VALUE_BYTES, 950, 800, 670, 660, 1}) {
      TableMetadata table = table("a", "m", live);
      Version version = version(List.of(), List.of(table));
      List<InputRun> inputs = List.of(new InputRun(BASE, 1, List.of(table)));
      assertEquals(
          live > VALUE_BYTES * 2 / 3, carries(version, inputs, BASE, List.of(), Reason.SPACE));
      assertEquals(
          live >= VALUE_BYTES * 9 / 10, carries(version, inputs, BASE, List.of(), Reason.MANUAL));
    }
  }

  @Test
  void garbageIsDividedAmongThoseWhoReferToTheFile() {
    TableMetadata quarter = table("a", "b", 200);
    TableMetadata rest = table("c", "d", 600);
    Version version = version(List.of(), List.of(quarter, rest));
    ValueGarbage garbage = new ValueGarbage(version.valueFiles());
    assertEquals(50, garbage.bytes(quarter), 0.01);
    assertEquals(150, garbage.bytes(rest), 0.01);
    assertEquals(150, garbage.bytesWorthAMerge(rest), 0.01);
    assertEquals(200, version.valueFiles().garbageBytes());
  }
}
