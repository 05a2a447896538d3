package io.varve.engine.rowcache;

import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.EntryKind;
import io.varve.engine.range.KeySpan;
import io.varve.engine.range.RangeTombstones;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps rows that were read from tables, so that what is asked for often costs a probe of a hash and not
/// a filter for every run and a search in a block.
///
/// It stands between memtables and tables: a lookup that no memtable of its view could answer asks here,
/// and what a table answers is offered here. Writes do not know of it. Only a flush changes what tables
/// answer, so only flushes have to keep it right: between writing its tables and installing them a flush
/// begins a new [RowEpoch] and then goes through its memtable once; rows that are here get their new value
/// or go, and as long as there is memory to spare others are taken in, so that data which fit are in
/// memory without having been read ([#refresh]).
///
/// *Why that is right.* Who asks or offers brings the epoch of his view, and has to see all that is in
/// tables ([RowEpoch#seesAll(long)]). A view of the present epoch holds the memtable that is being
/// flushed, or its table; so what it finds in no memtable is the same in the tables before and after
/// the flush, and may be kept. What comes with an older epoch might be a row that the flush has already
/// passed by, and is refused; and a reader with an older view might be shown what is younger than his
/// view, and goes to the tables. Merges change what lies where and not what is answered. What expires,
/// and what lies apart from its table, is not kept.
///
/// Memory: rows lie in a [RowRing]; a hash of buckets of eight slots, a cache line each, says where. A
/// full bucket forgets its oldest row. A row that is found among the oldest quarter is written again at
/// the young end, so what is asked for stays ("second chance"); the alternatives were a list of all rows
/// by use, with a write to it for every read, and an allocator with a free list, for rows of all sizes.
///
/// Threads: any number of readers, which wait for nobody. Who writes takes a lock; a reader that finds it
/// taken keeps nothing.
public final class RowCache implements AutoCloseable {

  /// Bytes of key and value of the largest row that is kept.
  public static final int ROW_BYTES_MAX = 4 << 10;

  /// Smallest capacity that is of any use.
  public static final long CAPACITY_MIN = 64 << 10;

  /// ```
  /// slot := tag, low bits of the hash (16), position of the row (48); 0 where empty
  /// ```
  private static final int SLOTS = 8;

  private static final int BUCKET_BYTES_LOG2 = 6;
  private static final int TAG_BITS = 16;
  private static final long POSITION_MASK = (1L << 48) - 1;

  /// The index has a bucket for each so many bytes: of rows of this size and a half it can find all.
  private static final int BYTES_PER_BUCKET = 512;

  /// Buckets that are gone through under one taking of the lock.
  private static final int BUCKETS_AT_ONCE = 1024;

  private static final MemorySegment ALL = NativeMemory.ALL;
  private static final VarHandle SLOT = ValueLayout.JAVA_LONG.varHandle();

  private final ReentrantLock writing = new ReentrantLock();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final long capacity;
  private final MemorySegment buckets;
  private final long firstBucket;
  private final long bucketMask;
  private final RowRing rows;
  private volatile RowEpoch epoch = RowEpoch.first();

  /// @param capacity bytes of memory, rows and index together; at least [#CAPACITY_MIN]
  public RowCache(long capacity) {
    long bucketCount = Math.max(1, Long.highestOneBit(capacity / BYTES_PER_BUCKET));
    long indexBytes = bucketCount << BUCKET_BYTES_LOG2;
    this.capacity = capacity;
    this.bucketMask = bucketCount - 1;
    // One line more, so that buckets begin where lines do.
    this.buckets = NativeMemory.allocateZeroed(indexBytes + (1 << BUCKET_BYTES_LOG2));
    this.firstBucket = (buckets.address() + 63) & -64L;
    this.rows = new RowRing(capacity - indexBytes, ROW_BYTES_MAX);
  }

  /// A cache, or null if it may not hold enough to be of use.
  public static @Nullable RowCache create(long capacity) {
    return capacity < CAPACITY_MIN ? null : new RowCache(capacity);
  }

  /// The present epoch, for a view that is being made.
  public RowEpoch epoch() {
    return epoch;
  }

  /// Looks for what tables would answer.
  ///
  /// @param of epoch of the reader's view; he sees all that is in tables
  /// @param hash [Slice#hash()] of the key
  /// @param reads whose memory the value is copied to
  /// @return whether it is known; `value` is set then
  public boolean find(RowEpoch of, Slice key, long hash, ReadContext reads, Slice value) {
    if (!of.is(epoch) || key.length() > ROW_BYTES_MAX) {
      return false;
    }
    long bucket = bucket(hash);
    for (int i = 0; i < SLOTS; i++) {
      long slot = (long) SLOT.getAcquire(ALL, bucket + (i << 3));
      if (slot == 0 || !hasTag(slot, hash)) {
        continue;
      }
      long position = slot & POSITION_MASK;
      long row = rows.address(position);
      if (row != 0
          && RowRing.hasKey(row, key)
          && rows.copyValue(row, key.length(), reads, value)
          && rows.isAlive(position)) {
        // A flush that began meanwhile may have made the row younger than the reader's view.
        if (!of.is(epoch)) {
          return false;
        }
        hits.increment();
        if (rows.isOld(position)) {
          offer(of, key, hash, value);
        }
        return true;
      }
    }
    misses.increment();
    return false;
  }

  /// Reads what lookups of keys would read first: all buckets, then all rows that these lead to, so that
  /// they are on their way together.
  ///
  /// @param hashes [Slice#hash()] of the keys
  /// @param count how many of them count
  /// @return something that depends on what was read; use it, or the reading is optimised away
  public long touch(long[] hashes, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (long) SLOT.getOpaque(ALL, bucket(hashes[i]));
    }
    for (int i = 0; i < count; i++) {
      sum += touchRow(hashes[i]);
    }
    return sum;
  }

  private long touchRow(long hash) {
    long bucket = bucket(hash);
    for (int i = 0; i < SLOTS; i++) {
      long slot = (long) SLOT.getOpaque(ALL, bucket + (i << 3));
      if (slot != 0 && hasTag(slot, hash)) {
        long row = rows.address(slot & POSITION_MASK);
        return row == 0 ? 0 : ALL.get(ValueLayout.JAVA_LONG, row);
      }
    }
    return 0;
  }

  /// Keeps what a table has answered, if that is still what tables answer, and nobody else is writing.
  ///
  /// @param of epoch of the reader's view; he sees all that is in tables
  public void offer(RowEpoch of, Slice key, long hash, Slice value) {
    if (key.length() + value.length() <= ROW_BYTES_MAX && writing.tryLock()) {
      try {
        if (of.is(epoch)) {
          put(key, hash, value);
        }
      } finally {
        writing.unlock();
      }
    }
  }

  /// Begins an epoch: a flush has written tables and is about to install them. Views that are made from
  /// here on bring it.
  ///
  /// @param largestSequence greatest sequence number in those tables
  public void beginEpoch(long largestSequence) {
    writing.lock();
    try {
      epoch = epoch.next(largestSequence);
    } finally {
      writing.unlock();
    }
  }

  /// Brings rows up to date with what is being flushed, after [#beginEpoch(long)] and before the tables
  /// are installed.
  ///
  /// @param flushed all versions of what is flushed, not sought yet
  /// @param ranges its range tombstones
  public void refresh(EntryIterator flushed, RangeTombstones ranges) {
    boolean hasRanges = ranges != RangeTombstones.NONE;
    if (hasRanges) {
      dropCovered(ranges);
    }
    Refreshing next = new Refreshing();
    Slice last = new Slice();
    flushed.seekToFirst();
    while (flushed.isValid()) {
      Slice key = flushed.userKey();
      // The newest version comes first; its bytes stay where they are while the memtable does.
      if (!key.contentEquals(last)) {
        last.set(key);
        boolean keep = flushed.kind() == EntryKind.PUT;
        if (keep && hasRanges) {
          keep = ranges.sequenceAt(key, Long.MAX_VALUE) < flushed.sequence();
        }
        next.add(key, keep ? flushed.value() : null);
      }
      flushed.next();
    }
    next.apply();
  }

  /// Forgets all rows, so that tables are asked next. Any thread.
  public void clear() {
    for (long from = 0; from <= bucketMask; from += BUCKETS_AT_ONCE) {
      long end =
          firstBucket + (Math.min(bucketMask + 1, from + BUCKETS_AT_ONCE) << BUCKET_BYTES_LOG2);
      writing.lock();
      try {
        for (long at = firstBucket + (from << BUCKET_BYTES_LOG2); at < end; at += 8) {
          SLOT.setRelease(ALL, at, 0L);
        }
      } finally {
        writing.unlock();
      }
    }
  }

  public RowCacheStats stats() {
    return new RowCacheStats(
        hits.sum(), misses.sum(), rows.bytes() + ((bucketMask + 1) << BUCKET_BYTES_LOG2), capacity);
  }

  /// Nobody may ask any more.
  @Override
  public void close() {
    NativeMemory.free(buckets);
    rows.free();
  }

  private long bucket(long hash) {
    return firstBucket + ((hash >>> TAG_BITS & bucketMask) << BUCKET_BYTES_LOG2);
  }

  private static boolean hasTag(long slot, long hash) {
    return (slot >>> 48) == (hash & 0xffff);
  }

  /// Gives a row that is here another value, or drops it. One that is not here is taken in as long as
  /// that costs no other row its place.
  ///
  /// @param keep whether the value is one to be kept
  private void replace(Slice key, long hash, Slice value, boolean keep) {
    long slot = findSlot(key, hash);
    if (!keep || key.length() + value.length() > ROW_BYTES_MAX) {
      if (slot != 0) {
        SLOT.setRelease(ALL, slot, 0L);
      }
    } else if (slot != 0) {
      SLOT.setRelease(ALL, slot, slotOf(hash, rows.add(key, value)));
    } else if (rows.hasFreeMemory()) {
      SLOT.setRelease(ALL, oldestSlot(hash), slotOf(hash, rows.add(key, value)));
    }
  }

  private void put(Slice key, long hash, Slice value) {
    long position = rows.add(key, value);
    long slot = findSlot(key, hash);
    SLOT.setRelease(ALL, slot == 0 ? oldestSlot(hash) : slot, slotOf(hash, position));
  }

  /// Address of the slot of a living row, 0 if there is none.
  private long findSlot(Slice key, long hash) {
    long bucket = bucket(hash);
    for (int i = 0; i < SLOTS; i++) {
      long address = bucket + (i << 3);
      long slot = ALL.get(ValueLayout.JAVA_LONG, address);
      if (slot != 0 && hasTag(slot, hash) && rows.isAlive(slot & POSITION_MASK)) {
        long row = rows.address(slot & POSITION_MASK);
        if (row != 0 && RowRing.hasKey(row, key)) {
          return address;
        }
      }
    }
    return 0;
  }

  /// Address of an empty slot, or of that of the oldest row, which may be gone.
  private long oldestSlot(long hash) {
    long bucket = bucket(hash);
    long oldest = bucket;
    long oldestPosition = Long.MAX_VALUE;
    for (int i = 0; i < SLOTS; i++) {
      long address = bucket + (i << 3);
      long position = ALL.get(ValueLayout.JAVA_LONG, address) & POSITION_MASK;
      if (position < oldestPosition) {
        oldestPosition = position;
        oldest = address;
      }
    }
    return oldest;
  }

  private static long slotOf(long hash, long position) {
    return hash << 48 | position;
  }

  private void dropCovered(RangeTombstones ranges) {
    for (long from = 0; from <= bucketMask; from += BUCKETS_AT_ONCE) {
      writing.lock();
      try {
        dropCovered(ranges, from, Math.min(bucketMask + 1, from + BUCKETS_AT_ONCE));
      } finally {
        writing.unlock();
      }
    }
  }

  private void dropCovered(RangeTombstones ranges, long from, long to) {
    Slice key = new Slice();
    long end = firstBucket + (to << BUCKET_BYTES_LOG2);
    for (long address = firstBucket + (from << BUCKET_BYTES_LOG2); address < end; address += 8) {
      long position = ALL.get(ValueLayout.JAVA_LONG, address) & POSITION_MASK;
      if (position == 0) {
        continue;
      }
      if (!rows.isAlive(position)
          || ranges.sequenceAt(RowRing.key(rows.address(position), key), Long.MAX_VALUE)
              != KeySpan.UNCOVERED) {
        SLOT.setRelease(ALL, address, 0L);
      }
    }
  }

  /// Rows of a flush that are brought up to date together, so that their cache misses overlap.
  private final class Refreshing {

    private static final int ROWS_MAX = 32;

    private final Slice[] keys = new Slice[ROWS_MAX];
    private final Slice[] values = new Slice[ROWS_MAX];
    private final long[] hashes = new long[ROWS_MAX];
    private final boolean[] kept = new boolean[ROWS_MAX];
    private int count;

    /// Of no meaning; that it is kept keeps the reading from being optimised away.
    @SuppressWarnings("UnusedVariable")
    private long touched;

    private Refreshing() {
      for (int i = 0; i < ROWS_MAX; i++) {
        keys[i] = new Slice();
        values[i] = new Slice();
      }
    }

    /// @param value null if the row is to go
    private void add(Slice key, @Nullable Slice value) {
      keys[count].set(key);
      hashes[count] = key.hash();
      kept[count] = value != null;
      if (value != null) {
        values[count].set(value);
      }
      count++;
      if (count == ROWS_MAX) {
        apply();
      }
    }

    private void apply() {
      touched ^= touch(hashes, count);
      writing.lock();
      try {
        for (int i = 0; i < count; i++) {
          replace(keys[i], hashes[i], values[i], kept[i]);
        }
      } finally {
        writing.unlock();
      }
      count = 0;
    }
  }
}
