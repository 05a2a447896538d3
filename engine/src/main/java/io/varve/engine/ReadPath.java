package io.varve.engine;

import io.varve.engine.block.Block;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.LargeValues;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.UncoveredIterator;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.Lookup;
import io.varve.engine.memtable.Memtable;
import io.varve.engine.range.KeySpan;
import io.varve.engine.range.RangeCover;
import io.varve.engine.rowcache.RowCache;
import io.varve.engine.sstable.CachePolicy;
import io.varve.engine.sstable.SstableReader;
import io.varve.engine.sstable.TableCache;
import io.varve.engine.value.ValueFiles;
import io.varve.engine.value.ValueReference;
import io.varve.engine.version.Run;
import io.varve.engine.version.RunCover;
import io.varve.engine.version.RunIterator;
import io.varve.engine.version.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// From a view to a value: memtables first, then the runs from the youngest to the oldest.
///
/// The first layer that knows anything of the key decides, because layers are ordered by age and a
/// layer's answer is the newest version in it. Stateless; any thread. Chapter:
/// `docs/internals/read-path.md`.
final class ReadPath {

  private final TableCache tables;
  private final ValueFiles values;
  private final @Nullable RowCache rows;

  /// @param rows asked before tables are; null for none
  ReadPath(TableCache tables, ValueFiles values, @Nullable RowCache rows) {
    this.tables = tables;
    this.values = values;
    this.rows = rows;
  }

  /// What a lookup is for.
  private enum Wanted {
    VALUE,
    /// That there is a value is enough: one that lies apart is not read.
    PRESENCE
  }

  /// Answers FOUND, DELETED or ABSENT.
  Lookup get(ReadView view, Slice key, long sequence, ReadContext reads, Slice value) {
    Lookup found = find(view, key, sequence, reads, value, Wanted.VALUE);
    return found == Lookup.FOUND_EXPIRING ? judge(reads, value) : found;
  }

  /// Whether the key has a value.
  boolean contains(ReadView view, Slice key, long sequence, ReadContext reads, Slice scratch) {
    Lookup found = find(view, key, sequence, reads, scratch, Wanted.PRESENCE);
    return (found == Lookup.FOUND_EXPIRING ? judge(reads, scratch) : found) == Lookup.FOUND;
  }

  /// What expires is found up to its time, and is as good as deleted from then on.
  private static Lookup judge(ReadContext reads, Slice value) {
    if (Expiry.millis(value) <= reads.nowMillis()) {
      return Lookup.DELETED;
    }
    Expiry.valueOf(value, value);
    return Lookup.FOUND;
  }

  private Lookup find(
      ReadView view, Slice key, long sequence, ReadContext reads, Slice value, Wanted wanted) {
    Lookup found = getFromMemtables(view, key, sequence, value);
    if (found != Lookup.ABSENT) {
      return found;
    }
    long hash = key.hash();
    RowCache rowsToAsk = view.rowEpoch().seesAll(sequence) ? rows : null;
    if (rowsToAsk != null && rowsToAsk.find(view.rowEpoch(), key, hash, reads, value)) {
      return Lookup.FOUND;
    }
    return findInTables(view, key, hash, sequence, reads, value, wanted, rowsToAsk);
  }

  private Lookup findInTables(
      ReadView view,
      Slice key,
      long hash,
      long sequence,
      ReadContext reads,
      Slice value,
      Wanted wanted,
      @Nullable RowCache rowsToTell) {
    Version version = view.version();
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      int index = run.findIndex(key);
      if (index < 0) {
        continue;
      }
      reads.countRunProbed();
      int level = version.levelOf(age);
      SstableReader reader = run.acquire(index, tables, reads, level);
      Lookup found;
      try {
        found = reader.get(key, hash, sequence, reads, level, value);
      } finally {
        reader.release();
      }
      if (found == Lookup.FOUND && rowsToTell != null) {
        rowsToTell.offer(view.rowEpoch(), key, hash, value);
      }
      if (found != Lookup.ABSENT) {
        return fetchIfApart(found, reads, level, value, wanted);
      }
    }
    return Lookup.ABSENT;
  }

  /// See [Engine#touch].
  long touch(ReadView view, long[] hashes, int count) {
    long sum = view.active().touch(hashes, count);
    RowCache kept = rows;
    return kept == null ? sum : sum + kept.touch(hashes, count);
  }

  /// Puts the value in the place of a reference, unless it has expired.
  private Lookup fetchIfApart(
      Lookup found, ReadContext reads, int level, Slice value, Wanted wanted) {
    if (found == Lookup.FOUND_EXPIRING_APART) {
      if (judge(reads, value) == Lookup.DELETED) {
        return Lookup.DELETED;
      }
    } else if (found != Lookup.FOUND_APART) {
      return found;
    }
    if (wanted == Wanted.PRESENCE) {
      value.clear();
      return Lookup.FOUND;
    }
    Block block = values.get(ValueReference.decode(value), reads, level);
    value.set(block.bytes(), 0, block.size());
    reads.pin(block);
    return Lookup.FOUND;
  }

  /// How an iterator gets values that lie apart.
  LargeValues largeValues(ReadContext reads) {
    return (reference, level, value) -> {
      Block block = values.getForScan(ValueReference.decode(reference), reads, level);
      value.set(block.bytes(), 0, block.size());
      return block;
    };
  }

  /// Whether the key may exist, from memtables and filters alone: no data block is looked at.
  boolean mayContain(ReadView view, Slice key, long sequence, ReadContext reads, Slice scratch) {
    Lookup found = getFromMemtables(view, key, sequence, scratch);
    if (found != Lookup.ABSENT) {
      return found == Lookup.FOUND
          || (found == Lookup.FOUND_EXPIRING && judge(reads, scratch) == Lookup.FOUND);
    }
    Version version = view.version();
    long hash = key.hash();
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      int index = run.findIndex(key);
      if (index < 0) {
        continue;
      }
      reads.countRunProbed();
      int level = version.levelOf(age);
      SstableReader reader = run.acquire(index, tables, reads, level);
      try {
        long deleted = reader.rangeTombstones().sequenceAt(key, sequence);
        if (deleted <= reader.properties().largestSequence()
            && reader.mayContain(hash, reads, level)) {
          return true;
        }
        if (deleted != KeySpan.UNCOVERED) {
          return false;
        }
      } finally {
        reader.release();
      }
    }
    return false;
  }

  private static Lookup getFromMemtables(ReadView view, Slice key, long sequence, Slice value) {
    Lookup found = view.active().get(key, sequence, value);
    List<SealedMemtable> sealed = view.sealed();
    for (int i = 0; found == Lookup.ABSENT && i < sealed.size(); i++) {
      found = sealed.get(i).memtable().get(key, sequence, value);
    }
    return found;
  }

  /// One iterator per memtable and run, youngest first, without the entries that a range tombstone
  /// deletes for a reader at `sequence`. The caller closes them.
  List<EntryIterator> iterators(ReadView view, long sequence, ReadContext reads) {
    Version version = view.version();
    List<EntryIterator> sources = new ArrayList<>(1 + view.sealed().size() + version.runCount());
    List<RangeCover> covers = new ArrayList<>(0);
    add(view.active(), covers, sequence, sources);
    for (SealedMemtable sealed : view.sealed()) {
      add(sealed.memtable(), covers, sequence, sources);
    }
    for (int age = 0; age < version.runCount(); age++) {
      Run run = version.run(age);
      int level = version.levelOf(age);
      RangeCover own =
          run.rangeTombstoneCount() == 0 ? null : RunCover.of(run.tables(), tables, reads, level);
      add(
          new RunIterator(run.tables(), tables, reads, level, CachePolicy.FILL),
          covers,
          own,
          sequence,
          sources);
    }
    return sources;
  }

  private static void add(
      Memtable memtable, List<RangeCover> covers, long sequence, List<EntryIterator> sources) {
    // The entries first: what is deleted after that shows no less.
    EntryIterator entries = memtable.iterator();
    add(entries, covers, MemtableCover.of(memtable), sequence, sources);
  }

  private static void add(
      EntryIterator entries,
      List<RangeCover> younger,
      @Nullable RangeCover own,
      long sequence,
      List<EntryIterator> sources) {
    if (own == null && younger.isEmpty()) {
      sources.add(entries);
      return;
    }
    sources.add(new UncoveredIterator(entries, younger, own, sequence));
    if (own != null) {
      younger.add(own);
    }
  }
}
