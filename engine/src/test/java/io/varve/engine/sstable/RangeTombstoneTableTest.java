package io.varve.engine.sstable;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.block.BlockCache;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.BoundKind;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.KeyRange;
import io.varve.engine.key.Lookup;
import io.varve.engine.range.RangeTombstone;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RangeTombstoneTableTest {

  private final CrashingFileSystem fileSystem = new CrashingFileSystem();
  private final Path path = Path.of("/db/000001.sst");
  private final BlockCache cache = new BlockCache(1 << 20);
  private final ReadContext context = new ReadContext();

  @BeforeEach
  void createDirectory() {
    fileSystem.createDirectories(path.getParent());
  }

  @AfterEach
  void close() {
    context.releasePins();
    cache.close();
  }

  private static RangeTombstone tombstone(String from, String to, long sequence) {
    return new RangeTombstone(Slice.of(from), to.isEmpty() ? KeyRange.END : Slice.of(to), sequence);
  }

  private SstableWriter writer() {
    return new SstableWriter(fileSystem, path, 1, SstableOptions.DEFAULT);
  }

  private static void put(SstableWriter writer, String key, long sequence) {
    writer.add(
        Slice.of(key), InternalKey.trailer(sequence, EntryKind.PUT), Slice.of(key + sequence));
  }

  private SstableReader open() {
    return SstableReader.open(fileSystem, path, 1, cache, context, 0);
  }

  private Lookup get(SstableReader table, String key, long sequence) {
    return table.get(Slice.of(key), sequence, context, 0, new Slice());
  }

  private static List<SstableFinding> verify(SstableReader table) {
    List<SstableFinding> findings = new ArrayList<>();
    table.verify(findings::add);
    return findings;
  }

  @Test
  void rangeTombstonesAreFoundAgainAndHideWhatIsOlder() {
    SstableWriter writer = writer();
    writer.addRangeTombstone(tombstone("c", "e", 50));
    put(writer, "b", 10);
    put(writer, "c", 60);
    put(writer, "c", 20);
    put(writer, "d", 30);
    writer.addRangeTombstone(tombstone("a", "", 5));
    SstableSummary summary = writer.finish();
    assertEquals(4, summary.entryCount());
    assertEquals(2, summary.rangeTombstoneCount());
    assertEquals(Slice.of("a"), summary.bounds().smallest());
    assertTrue(KeyRange.isEndless(summary.bounds().largest()));
    assertEquals(BoundKind.EXCLUSIVE, summary.bounds().largestKind());
    assertEquals(5, summary.smallestSequence());
    assertEquals(60, summary.largestSequence());
    SstableReader table = open();
    assertEquals(
        List.of(tombstone("a", "", 5), tombstone("c", "e", 50)), table.rangeTombstones().toList());
    assertEquals(Lookup.FOUND, get(table, "b", 100));
    assertEquals(Lookup.FOUND, get(table, "c", 100));
    assertEquals(Lookup.DELETED, get(table, "c", 55));
    assertEquals(Lookup.FOUND, get(table, "c", 49));
    assertEquals(Lookup.DELETED, get(table, "d", 100));
    assertEquals(Lookup.FOUND, get(table, "d", 40));
    assertEquals(Lookup.DELETED, get(table, "zz", 100), "no entry, but deleted");
    assertEquals(Lookup.ABSENT, get(table, "zz", 4));
    assertEquals(summary.bounds(), table.bounds());
    assertEquals(List.of(), verify(table));
    table.release();
  }

  @Test
  void tableMayConsistOfRangeTombstonesOnly() {
    SstableWriter writer = writer();
    writer.addRangeTombstone(tombstone("k", "m", 7));
    SstableSummary summary = writer.finish();
    assertEquals(0, summary.entryCount());
    assertEquals(7, summary.smallestSequence());
    SstableReader table = open();
    assertEquals(Lookup.DELETED, get(table, "l", 7));
    assertEquals(Lookup.ABSENT, get(table, "l", 6));
    assertEquals(Lookup.ABSENT, get(table, "m", 7));
    for (CachePolicy policy : CachePolicy.values()) {
      try (EntryIterator entries = table.iterator(context, 0, policy)) {
        entries.seekToFirst();
        assertFalse(entries.isValid());
        entries.seekToLast();
        assertFalse(entries.isValid());
        entries.seek(Slice.of("l"), InternalKey.seekTrailer(9));
        assertFalse(entries.isValid());
        entries.seekForPrev(Slice.of("l"), 0);
        assertFalse(entries.isValid());
      }
    }
    assertEquals(List.of(), verify(table));
    table.release();
  }

  @Test
  void lastKeyThatEqualsTheEndOfATombstoneIsTheInclusiveBound() {
    SstableWriter writer = writer();
    put(writer, "m", 10);
    writer.addRangeTombstone(tombstone("k", "m", 20));
    TableBounds bounds = writer.finish().bounds();
    assertEquals(Slice.of("k"), bounds.smallest());
    assertEquals(Slice.of("m"), bounds.largest());
    assertEquals(BoundKind.INCLUSIVE, bounds.largestKind());
  }

  @Test
  void onlyTablesWithRangeTombstonesAreOfVersionTwo() {
    SstableWriter writer = writer();
    put(writer, "m", 10);
    writer.finish();
    SstableReader plain = open();
    assertEquals(SstableFormat.VERSION, plain.footer().version());
    plain.release();
    fileSystem.delete(path);
    SstableWriter other = writer();
    other.addRangeTombstone(tombstone("k", "m", 20));
    other.finish();
    SstableReader covered = open();
    assertEquals(SstableFormat.VERSION_RANGE_TOMBSTONES, covered.footer().version());
    covered.release();
  }

  @Test
  void manyRangeTombstonesLieInOneBlock() {
    SstableWriter writer = writer();
    List<RangeTombstone> all = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      RangeTombstone next =
          tombstone(String.format("%06d", i), String.format("%06d", i + 1), 30_000 - i);
      all.add(next);
      writer.addRangeTombstone(next);
    }
    writer.finish();
    SstableReader table = open();
    assertEquals(all.reversed(), table.rangeTombstones().toList());
    assertEquals(Lookup.DELETED, get(table, "019999", 10_001));
    assertEquals(Lookup.ABSENT, get(table, "000000", 29_999));
    table.release();
  }

  @Test
  void damageInTheRangeTombstonesStopsTheOpening() {
    SstableWriter writer = writer();
    put(writer, "a", 1);
    writer.addRangeTombstone(tombstone("k", "m", 20));
    writer.finish();
    SstableReader table = open();
    long offset = requireNonNull(table.properties().rangeTombstones()).offset();
    table.release();
    cache.invalidateFile(1);
    fileSystem.corrupt(path, offset + 4, 1);
    CorruptionException damage = assertThrows(CorruptionException.class, this::open);
    assertEquals(offset, damage.offset());
    assertEquals("000001.sst", damage.file());
  }
}
