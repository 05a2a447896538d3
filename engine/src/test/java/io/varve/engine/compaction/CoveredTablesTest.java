package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.BoundKind;
import io.varve.engine.key.KeyRange;
import io.varve.engine.range.RangeTombstone;
import io.varve.engine.range.RangeTombstones;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.TableTimes;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CoveredTablesTest {

  private final Map<Long, RangeTombstones> tombstones = new HashMap<>();

  private static TableMetadata table(
      long number, String from, String to, long oldest, long newest) {
    return new TableMetadata(number, 1, 1, 0, 1, Slice.of(from), Slice.of(to), oldest, newest);
  }

  /// A table of range tombstones only.
  private TableMetadata covering(long number, RangeTombstone... ranges) {
    tombstones.put(number, RangeTombstones.of(List.of(ranges)));
    Slice largest = ranges[ranges.length - 1].end();
    return new TableMetadata(
        number,
        1,
        0,
        0,
        1,
        ranges[0].start(),
        largest,
        BoundKind.EXCLUSIVE,
        ranges[0].sequence(),
        ranges[ranges.length - 1].sequence(),
        ranges.length,
        TableTimes.UNKNOWN,
        List.of());
  }

  private static RangeTombstone range(String from, String to, long sequence) {
    return new RangeTombstone(Slice.of(from), to.isEmpty() ? KeyRange.END : Slice.of(to), sequence);
  }

  private static Run run(long id, TableMetadata... tables) {
    return new Run(id, List.of(tables));
  }

  /// File numbers that go.
  private List<Long> dropped(SnapshotBounds snapshots, Set<Long> taken, Run... youngestFirst) {
    CompactionChoice.DropTables drop =
        new CoveredTables(
                Version.of(List.of(List.of(youngestFirst))),
                table -> tombstones.getOrDefault(table.fileNumber(), RangeTombstones.NONE),
                snapshots)
            .find(taken);
    List<Long> numbers = new ArrayList<>();
    if (drop != null) {
      for (InputRun input : drop.inputs()) {
        input.tables().forEach(each -> numbers.add(each.fileNumber()));
      }
    }
    return numbers;
  }

  private static SnapshotBounds published(long published, long... snapshots) {
    return new SnapshotBounds(snapshots, published);
  }

  @Test
  void tableWhollyUnderAYoungerTombstoneGoesAndItsNeighboursStay() {
    Run cover = run(9, covering(1, range("c", "m", 50)));
    Run data =
        run(
            2,
            table(2, "a", "c", 1, 9),
            table(3, "d", "f", 1, 9),
            table(4, "g", "l", 1, 9),
            table(5, "l\0", "n", 1, 9));
    assertEquals(List.of(3L, 4L), dropped(published(99), Set.of(), cover, data));
  }

  @Test
  void endOfTheTombstoneIsExclusive() {
    Run cover = run(9, covering(1, range("c", "m", 50)));
    assertEquals(
        List.of(), dropped(published(99), Set.of(), cover, run(2, table(2, "d", "m", 1, 9))));
  }

  @Test
  void severalTombstonesOfSeveralRunsMayCoverATableTogether() {
    Run first = run(9, covering(1, range("a", "f", 50)));
    Run second = run(8, covering(2, range("f", "", 40)));
    Run data = run(2, table(3, "b", "z", 1, 9));
    assertEquals(List.of(3L), dropped(published(99), Set.of(), first, second, data));
    Run gap = run(8, covering(2, range("f\0", "", 40)));
    assertEquals(List.of(), dropped(published(99), Set.of(), first, gap, data));
  }

  @Test
  void youngerTableIsNotTouchedByAnOlderTombstone() {
    Run data = run(9, table(3, "b", "d", 60, 70));
    Run cover = run(8, covering(1, range("a", "f", 50)));
    Run old = run(2, table(2, "b", "d", 1, 9));
    assertEquals(List.of(2L), dropped(published(99), Set.of(), data, cover, old));
  }

  @Test
  void snapshotThatSeesTheTableAndNotTheTombstoneKeepsIt() {
    Run cover = run(9, covering(1, range("a", "f", 50)));
    Run data = run(2, table(2, "b", "d", 10, 20));
    assertEquals(List.of(), dropped(published(99, 20), Set.of(), cover, data));
    assertEquals(List.of(), dropped(published(99, 10), Set.of(), cover, data), "sees a part");
    assertEquals(List.of(2L), dropped(published(99, 9), Set.of(), cover, data), "sees nothing");
    assertEquals(List.of(2L), dropped(published(99, 50), Set.of(), cover, data), "sees both");
    assertEquals(List.of(), dropped(published(99, 49, 60), Set.of(), cover, data));
  }

  @Test
  void tombstoneThatIsNotPublishedDoesNotCount() {
    Run cover = run(9, covering(1, range("a", "f", 50)));
    Run data = run(2, table(2, "b", "d", 10, 20));
    assertEquals(List.of(), dropped(published(49), Set.of(), cover, data));
  }

  @Test
  void tableThatIsBeingMergedIsLeftAlone() {
    Run cover = run(9, covering(1, range("a", "f", 50)));
    Run data = run(2, table(2, "b", "d", 10, 20));
    assertEquals(List.of(), dropped(published(99), Set.of(2L), cover, data));
  }

  @Test
  void tombstonesThatNothingOlderLiesUnderGo() {
    Run cover = run(9, covering(1, range("a", "f", 50)));
    assertEquals(List.of(1L), dropped(published(99), Set.of(), cover));
    Run touching = run(2, table(2, "f", "g", 10, 20));
    assertEquals(
        List.of(),
        dropped(published(99), Set.of(), cover, touching),
        "bounds are compared inclusively");
    Run apart = run(2, table(2, "f\0", "g", 10, 20));
    assertEquals(List.of(1L), dropped(published(99), Set.of(), cover, apart));
  }
}
