package io.varve.engine.version;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.sstable.SstableReader;
import io.varve.engine.sstable.TableCache;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tables with disjoint key ranges, sorted by key: to a read they are one long table.
///
/// Immutable. The id orders runs by the age of their data over the whole tree: of two runs the one
/// with the greater id holds the younger data. A flush takes a new number; a merge hands its
/// output the greatest id of its inputs, or, when only a part of a run is rewritten, that run's own.
public final class Run {

  /// One use of an open table in so many is seen by the table cache.
  private static final int SAMPLE = 16;

  private final long id;
  private final TableMetadata[] tables;
  private final List<TableMetadata> view;

  /// Tables as they were last open, by index: a way past the table cache's hash table for every lookup.
  /// Holds no references; a table that was closed since fails [SstableReader#tryRetain()]. Races lose
  /// a hint, and readers are safe to publish so, being immutable.
  private final @Nullable SstableReader[] lastOpen;

  /// Races lose some, which does no harm.
  private int opens;

  private final long bytes;
  private final long totalBytes;
  private final long entryCount;
  private final long tombstoneCount;
  private final long rangeTombstoneCount;
  private final long smallestSequence;
  private final long largestSequence;

  /// @param tables at least one, in any order
  /// @throws IllegalArgumentException if two of them overlap
  public Run(long id, Collection<TableMetadata> tables) {
    if (tables.isEmpty()) {
      throw new IllegalArgumentException("run " + id + " has no table");
    }
    this.id = id;
    this.tables = tables.toArray(new TableMetadata[0]);
    Arrays.sort(this.tables, Comparator.comparing(TableMetadata::smallestKey));
    this.view = List.of(this.tables);
    this.lastOpen = new SstableReader[this.tables.length];
    long byteSum = 0;
    long totalSum = 0;
    long entrySum = 0;
    long tombstoneSum = 0;
    long rangeTombstoneSum = 0;
    long smallest = Long.MAX_VALUE;
    long largest = 0;
    for (int i = 0; i < this.tables.length; i++) {
      TableMetadata table = this.tables[i];
      if (i > 0 && !this.tables[i - 1].endsBefore(table.smallestKey())) {
        throw new IllegalArgumentException(
            "run " + id + ": " + this.tables[i - 1] + " overlaps " + table);
      }
      byteSum += table.fileBytes();
      totalSum += table.totalBytes();
      entrySum += table.entryCount();
      tombstoneSum += table.tombstoneCount();
      rangeTombstoneSum += table.rangeTombstoneCount();
      smallest = Math.min(smallest, table.smallestSequence());
      largest = Math.max(largest, table.largestSequence());
    }
    this.bytes = byteSum;
    this.totalBytes = totalSum;
    this.entryCount = entrySum;
    this.tombstoneCount = tombstoneSum;
    this.rangeTombstoneCount = rangeTombstoneSum;
    this.smallestSequence = smallest;
    this.largestSequence = largest;
  }

  /// Position in the order of ages: greater is younger.
  public long id() {
    return id;
  }

  public int tableCount() {
    return tables.length;
  }

  /// The table at a position in key order.
  public TableMetadata table(int index) {
    return tables[index];
  }

  /// The tables in key order.
  public List<TableMetadata> tables() {
    return view;
  }

  /// Bytes of the tables' files.
  public long bytes() {
    return bytes;
  }

  /// Bytes of the tables' files and of the values apart that they refer to.
  public long totalBytes() {
    return totalBytes;
  }

  public long entryCount() {
    return entryCount;
  }

  public long tombstoneCount() {
    return tombstoneCount;
  }

  public long rangeTombstoneCount() {
    return rangeTombstoneCount;
  }

  public long smallestSequence() {
    return smallestSequence;
  }

  public long largestSequence() {
    return largestSequence;
  }

  public Slice smallestKey() {
    return tables[0].smallestKey();
  }

  public Slice largestKey() {
    return tables[tables.length - 1].largestKey();
  }

  /// The only table that can hold a key, or null if none can. Allocates nothing.
  public @Nullable TableMetadata find(Slice userKey) {
    int index = findIndex(userKey);
    return index < 0 ? null : tables[index];
  }

  /// Index of the only table that can hold a key, -1 if none can.
  public int findIndex(Slice userKey) {
    int index = indexOfFirstReaching(userKey);
    if (index == tables.length || tables[index].smallestKey().compareTo(userKey) > 0) {
      return -1;
    }
    return index;
  }

  /// The table at an index, opened, with a reference that the caller gives back.
  ///
  /// @param cache opens it if it is not open, and otherwise is asked now and then, so that it keeps
  ///     what is used
  /// @throws io.varve.engine.error.NotInMemoryException if it is not open and the context may not wait
  public SstableReader acquire(int index, TableCache cache, ReadContext context, int level) {
    SstableReader known = lastOpen[index];
    if (known != null && (++opens & (SAMPLE - 1)) != 0 && known.tryRetain()) {
      return known;
    }
    SstableReader open = cache.acquire(tables[index].fileNumber(), context, level);
    lastOpen[index] = open;
    return open;
  }

  /// Index of the first table that does not end before `userKey`; [#tableCount()] if none.
  public int indexOfFirstReaching(Slice userKey) {
    int low = 0;
    int high = tables.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tables[middle].endsBefore(userKey)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Whether a table of this run overlaps a range, both ends inclusive.
  public boolean overlaps(Slice smallest, Slice largest) {
    int index = indexOfFirstReaching(smallest);
    return index < tables.length && tables[index].smallestKey().compareTo(largest) <= 0;
  }

  @Override
  public String toString() {
    return "run " + id + " (" + tables.length + " tables, " + bytes + " bytes)";
  }
}
