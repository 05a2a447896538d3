package io.varve.engine.compaction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.key.BoundKind;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.range.RangeTombstone;
import io.varve.engine.range.RangeTombstones;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.TableTimes;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RangeRetentionTest {

  private static RangeTombstone tombstone(String from, String to, long sequence) {
    return new RangeTombstone(Slice.of(from), to.isEmpty() ? KeyRange.END : Slice.of(to), sequence);
  }

  private static TableMetadata table(long number, String from, String to) {
    return new TableMetadata(number, 1, 1, 0, 1, Slice.of(from), Slice.of(to), 1, 1);
  }

  private static OlderRuns older(TableMetadata... tables) {
    Version version =
        tables.length == 0
            ? Version.of(List.of())
            : Version.of(List.of(List.of(new Run(2, List.of(tables)))));
    return new OlderRuns(version, 100, Set.of(99L));
  }

  private static List<RangeTombstone> retain(
      SnapshotBounds snapshots, OlderRuns older, RangeTombstone... tombstones) {
    List<RangeTombstone> retained =
        new ArrayList<>(RangeRetention.retain(List.of(tombstones), snapshots, older));
    retained.sort(
        Comparator.comparing(RangeTombstone::start).thenComparingLong(RangeTombstone::sequence));
    return retained;
  }

  private static SnapshotBounds published(long published, long... snapshots) {
    return new SnapshotBounds(snapshots, published);
  }

  @Test
  void goesWhereNothingOlderLiesInItsRange() {
    assertEquals(List.of(), retain(published(9), older(), tombstone("a", "z", 5)));
    assertEquals(
        List.of(),
        retain(
            published(9), older(table(7, "a", "b"), table(8, "p", "q")), tombstone("c", "p", 5)));
  }

  @Test
  void isCutToWhereOlderTablesLie() {
    assertEquals(
        List.of(tombstone("b", "d\0", 5)),
        retain(published(9), older(table(7, "b", "d"), table(99, "m", "p")), tombstone("", "", 5)),
        "table 99 is an input");
    assertEquals(
        List.of(tombstone("c", "g", 5)),
        retain(
            published(9), older(table(7, "b", "d"), table(8, "f", "k")), tombstone("c", "g", 5)));
  }

  @Test
  void exclusiveEndOfAnOlderTableIsNoOverlap() {
    TableMetadata open =
        new TableMetadata(
            7,
            1,
            0,
            0,
            1,
            Slice.of("b"),
            Slice.of("d"),
            BoundKind.EXCLUSIVE,
            1,
            1,
            1,
            TableTimes.UNKNOWN,
            List.of());
    assertEquals(List.of(), retain(published(9), older(open), tombstone("d", "f", 5)));
    assertEquals(
        List.of(tombstone("c", "d", 5)), retain(published(9), older(open), tombstone("c", "f", 5)));
  }

  @Test
  void ofAStripeOnlyWhatShowsFromAboveIsKept() {
    OlderRuns older = older(table(7, "a", "z"));
    assertEquals(
        List.of(tombstone("a", "c", 3), tombstone("c", "f", 8), tombstone("f", "k", 3)),
        retain(
            published(9),
            older,
            tombstone("a", "k", 3),
            tombstone("c", "f", 8),
            tombstone("d", "e", 2)));
  }

  @Test
  void snapshotKeepsWhatItSeesAndTheNewerOneToo() {
    assertEquals(
        List.of(tombstone("a", "k", 3), tombstone("c", "f", 8)),
        retain(
            published(9, 5),
            older(table(7, "a", "z")),
            tombstone("a", "k", 3),
            tombstone("c", "f", 8)));
    // What only new readers need is kept as long as the snapshot lives: it hides what the snapshot
    // sees.
    assertEquals(
        List.of(tombstone("c", "f", 8)),
        retain(published(9, 5), older(), tombstone("a", "k", 3), tombstone("c", "f", 8)));
  }

  @Test
  void whatIsNotPublishedIsKeptAsItIs() {
    assertEquals(
        List.of(tombstone("a", "k", 30), tombstone("b", "c", 31)),
        retain(published(9), older(), tombstone("a", "k", 30), tombstone("b", "c", 31)));
  }

  @Test
  void entriesUnderARangeTombstoneOfTheirStripeGo() {
    EntryRetention retention =
        new EntryRetention(published(100, 20), older(), CompactionFilter.NONE, 0)
            .under(
                RangeTombstones.of(
                    List.of(
                        tombstone("b", "d", 15),
                        tombstone("b", "d", 50),
                        tombstone("b", "z", 200))));
    assertEquals(EntryRetention.Verdict.KEEP, judge(retention, "a", 10), "not in the range");
    assertEquals(EntryRetention.Verdict.KEEP, judge(retention, "b", 60), "newer");
    assertEquals(EntryRetention.Verdict.DROP, judge(retention, "b", 40));
    assertEquals(EntryRetention.Verdict.KEEP, judge(retention, "b", 18), "a snapshot sees it");
    assertEquals(EntryRetention.Verdict.DROP, judge(retention, "b", 10));
    assertEquals(EntryRetention.Verdict.DROP, judge(retention, "c", 30));
    assertEquals(EntryRetention.Verdict.KEEP, judge(retention, "d", 30), "the end is exclusive");
    assertEquals(
        EntryRetention.Verdict.KEEP, judge(retention, "e", 30), "its tombstone is not published");
  }

  private static EntryRetention.Verdict judge(EntryRetention retention, String key, long sequence) {
    return retention.judge(
        Slice.of(key), InternalKey.trailer(sequence, EntryKind.PUT), Slice.of("v"));
  }
}
