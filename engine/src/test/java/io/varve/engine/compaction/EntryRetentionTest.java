package io.varve.engine.compaction;

import static io.varve.engine.compaction.EntryRetention.Verdict.DROP;
import static io.varve.engine.compaction.EntryRetention.Verdict.KEEP;
import static io.varve.engine.compaction.EntryRetention.Verdict.KEEP_AS_TOMBSTONE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.version.Run;
import io.varve.engine.version.TableMetadata;
import io.varve.engine.version.Version;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EntryRetentionTest {

  private static final CompactionFilter DROPS_DEAD =
      new CompactionFilter() {
        @Override
        public boolean drop(Slice userKey, Slice value) {
          return value.equals(Slice.of("dead"));
        }

        @Override
        public boolean dropsRange(Slice smallest, Slice largest) {
          return false;
        }
      };

  /// An older run that reaches from m to p.
  private static final Version OLDER =
      Version.of(
          List.of(
              List.of(
                  new Run(
                      2,
                      List.of(
                          new TableMetadata(7, 1, 1, 0, 1, Slice.of("m"), Slice.of("p"), 1, 1))))));

  private static final long NOW = 1_000;

  private static EntryRetention retention(long published, long... snapshots) {
    return new EntryRetention(
        new SnapshotBounds(snapshots, published),
        new OlderRuns(OLDER, 100, Set.of()),
        DROPS_DEAD,
        NOW);
  }

  private static EntryRetention.Verdict put(EntryRetention retention, String key, long sequence) {
    return retention.judge(
        Slice.of(key), InternalKey.trailer(sequence, EntryKind.PUT), Slice.of("value"));
  }

  private static EntryRetention.Verdict dead(EntryRetention retention, String key, long sequence) {
    return retention.judge(
        Slice.of(key), InternalKey.trailer(sequence, EntryKind.PUT), Slice.of("dead"));
  }

  private static EntryRetention.Verdict delete(
      EntryRetention retention, String key, long sequence) {
    return retention.judge(
        Slice.of(key), InternalKey.trailer(sequence, EntryKind.DELETE), new Slice());
  }

  @Test
  void ofTheVersionsBetweenTwoSnapshotsOnlyTheNewestStays() {
    EntryRetention retention = retention(100, 20, 40);
    assertEquals(KEEP, put(retention, "a", 60));
    assertEquals(DROP, put(retention, "a", 50));
    assertEquals(KEEP, put(retention, "a", 40));
    assertEquals(DROP, put(retention, "a", 30));
    assertEquals(KEEP, put(retention, "a", 20));
    assertEquals(DROP, put(retention, "a", 10));
    assertEquals(KEEP, put(retention, "b", 10));
  }

  @Test
  void whatIsNotPublishedYetShadowsNothing() {
    EntryRetention retention = retention(45);
    assertEquals(KEEP, put(retention, "a", 60));
    assertEquals(KEEP, put(retention, "a", 50));
    assertEquals(KEEP, put(retention, "a", 40));
    assertEquals(DROP, put(retention, "a", 30));
  }

  @Test
  void aTombstoneGoesOnlyWhereNothingOlderCanHoldTheKey() {
    EntryRetention retention = retention(100);
    assertEquals(DROP, delete(retention, "l", 9));
    assertEquals(KEEP, delete(retention, "m", 9));
    assertEquals(KEEP, delete(retention, "n", 9));
    assertEquals(KEEP, delete(retention, "p", 9));
    assertEquals(DROP, delete(retention, "q", 9));
  }

  @Test
  void aTombstoneStaysWhileASnapshotKeepsWhatItDeletes() {
    EntryRetention retention = retention(100, 5);
    assertEquals(KEEP, delete(retention, "a", 9));
    assertEquals(KEEP, put(retention, "a", 4));
    assertEquals(DROP, put(retention, "a", 3));
    assertEquals(DROP, delete(retention, "b", 5));
  }

  @Test
  void anUnwantedEntryHidesWhatIsOlderThanItself() {
    EntryRetention retention = retention(100);
    assertEquals(DROP, dead(retention, "a", 9));
    assertEquals(DROP, put(retention, "a", 8));
    assertEquals(KEEP_AS_TOMBSTONE, dead(retention, "n", 9));
    assertEquals(DROP, put(retention, "n", 8));
  }

  @Test
  void theFilterIsAskedOnlyForTheNewestVersionAndOnlyIfNoSnapshotSeesIt() {
    EntryRetention retention = retention(100, 50);
    assertEquals(KEEP_AS_TOMBSTONE, dead(retention, "a", 60));
    assertEquals(KEEP, dead(retention, "b", 50));
    assertEquals(KEEP, put(retention, "c", 60));
    assertEquals(KEEP, dead(retention, "c", 40));
  }

  /// A delete marker is a kind and no value: every value can be stored.
  @Test
  void anEmptyValueIsNoTombstone() {
    EntryRetention retention = retention(100);
    assertEquals(
        KEEP, retention.judge(Slice.of("a"), InternalKey.trailer(9, EntryKind.PUT), new Slice()));
  }
}
