package io.varve.engine.memtable;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.MergingIterator;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import io.varve.engine.key.Lookup;
import io.varve.engine.range.KeySpan;
import io.varve.engine.range.RangeTombstoneLog;
import io.varve.engine.range.RangeTombstones;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A memtable that hashes for points and sorts only when somebody walks it.
///
/// A skip list costs a cache miss per level for every read and write; this costs about two
/// ([HashIndex], [EntryLayout]) and puts the price of order on those who need it ([SortedSide]):
/// scans, and the flush at the end. Versions of a key are linked from the newest to the oldest, so
/// reading the newest is one step however often the key was written, and a snapshot walks as many
/// steps as there are versions newer than it. The alternative was a B+tree beside the hash: twice
/// the cost of an insert for an order that most memtables need once, when they are flushed.
///
/// Threads: one writer, any number of readers without locks. An entry is written completely, then
/// published by a release of its slot; nothing a reader can reach ever changes but slots and the
/// counters. Memory is native and freed with the last reference.
public final class HashMemtable implements Memtable {

  /// The index starts with a slot per this many bytes of the expected size: enough for entries of a
  /// few hundred bytes; smaller ones make it double once or twice.
  private static final int EXPECTED_BYTES_PER_SLOT = 128;

  private static final long EXPECTED_BYTES_DEFAULT = 1 << 20;

  private static final VarHandle REFERENCES;
  private static final VarHandle ENTRY_COUNT;
  private static final VarHandle PAYLOAD_BYTES;
  private static final VarHandle NEWEST_ENTRY;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      REFERENCES = lookup.findVarHandle(HashMemtable.class, "references", int.class);
      ENTRY_COUNT = lookup.findVarHandle(HashMemtable.class, "entryCount", long.class);
      NEWEST_ENTRY = lookup.findVarHandle(HashMemtable.class, "newestEntry", long.class);
      PAYLOAD_BYTES = lookup.findVarHandle(HashMemtable.class, "payloadBytes", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final EntryArena arena = new EntryArena();
  private final HashIndex index;
  private final SortedSide sorted = new SortedSide(arena);

  @SuppressWarnings("UnusedVariable")
  private int references = 1;

  private long entryCount;
  private long payloadBytes;
  private long lastSequence;

  /// Greatest sequence number of an entry. Written before the entry can be found.
  @SuppressWarnings("UnusedVariable")
  private long newestEntry;

  /// Null until a range is deleted, which most memtables never see: then a lookup need not look.
  private volatile @Nullable RangeTombstoneLog ranges;

  /// A memtable of unknown size.
  public HashMemtable() {
    this(EXPECTED_BYTES_DEFAULT);
  }

  /// @param expectedBytes of memory at which it will be sealed; only a hint, which spares growth
  public HashMemtable(long expectedBytes) {
    long slots = Math.clamp(expectedBytes / EXPECTED_BYTES_PER_SLOT, 1, 1L << 26);
    this.index = HashIndex.create(64 - Long.numberOfLeadingZeros(slots - 1));
  }

  @Override
  public void put(Slice userKey, long sequence, EntryKind kind, Slice value) {
    assert isHeld();
    assert sequence >= lastSequence : sequence + " after " + lastSequence;
    lastSequence = sequence;
    NEWEST_ENTRY.setOpaque(this, sequence);
    long bytes = EntryLayout.byteSize(userKey.length(), value.length());
    long entry = arena.allocate(bytes);
    EntryLayout.write(entry, userKey, InternalKey.trailer(sequence, kind), value);
    index.put(userKey, userKey.hash(), entry);
    arena.publish(entry, bytes);
    ENTRY_COUNT.setOpaque(this, entryCount + 1);
    PAYLOAD_BYTES.setOpaque(this, payloadBytes + userKey.length() + value.length());
  }

  @Override
  public void deleteRange(Slice start, Slice end, long sequence) {
    assert isHeld();
    assert sequence >= lastSequence : sequence + " after " + lastSequence;
    lastSequence = sequence;
    RangeTombstoneLog log = ranges;
    if (log == null) {
      log = new RangeTombstoneLog();
    }
    int bytes = log.add(start, end, sequence);
    ranges = log;
    PAYLOAD_BYTES.setOpaque(this, payloadBytes + bytes);
  }

  @Override
  public RangeTombstones rangeTombstones() {
    RangeTombstoneLog log = ranges;
    return log == null ? RangeTombstones.NONE : log.current();
  }

  @Override
  public long newestEntry() {
    return (long) NEWEST_ENTRY.getOpaque(this);
  }

  @Override
  public Lookup get(Slice userKey, long sequence, Slice value) {
    assert isHeld();
    RangeTombstoneLog log = ranges;
    if (log != null) {
      return getUnder(log.current(), userKey, sequence, value);
    }
    return getAbove(KeySpan.UNCOVERED, userKey, sequence, value);
  }

  private Lookup getUnder(RangeTombstones tombstones, Slice userKey, long sequence, Slice value) {
    long covered = tombstones.sequenceAt(userKey, sequence);
    Lookup found = getAbove(covered, userKey, sequence, value);
    return found == Lookup.ABSENT && covered != KeySpan.UNCOVERED ? Lookup.DELETED : found;
  }

  /// Finds the newest version up to `sequence`, if it is newer than `deleted`.
  private Lookup getAbove(long deleted, Slice userKey, long sequence, Slice value) {
    long entry = index.find(userKey, userKey.hash());
    while (entry != 0) {
      long trailer = EntryLayout.trailer(entry);
      long entrySequence = InternalKey.sequence(trailer);
      if (entrySequence <= sequence) {
        if (entrySequence < deleted) {
          return Lookup.ABSENT;
        }
        int kind = (int) trailer & 0xff;
        if (kind == EntryKind.DELETE.code()) {
          return Lookup.DELETED;
        }
        EntryLayout.value(entry, value);
        return kind == EntryKind.PUT.code() ? Lookup.FOUND : Lookup.FOUND_EXPIRING;
      }
      entry = EntryLayout.previous(entry);
    }
    return Lookup.ABSENT;
  }

  @Override
  public long touch(long[] keyHashes, int count) {
    assert isHeld();
    return index.touch(keyHashes, count);
  }

  @Override
  public EntryIterator iterator() {
    if (!tryRetain()) {
      throw new IllegalStateException("the memtable is freed");
    }
    List<SortedRun> runs;
    try {
      runs = sorted.runs();
    } catch (Throwable e) {
      release();
      throw e;
    }
    return new HeldIterator(this, walk(runs));
  }

  @Override
  public long memoryBytes() {
    return arena.reservedBytes()
        + index.reservedBytes()
        + sorted.heapBytes()
        + rangeTombstoneBytes();
  }

  @Override
  public long rangeTombstoneBytes() {
    RangeTombstoneLog log = ranges;
    return log == null ? 0 : log.memoryBytes();
  }

  @Override
  public long payloadBytes() {
    return (long) PAYLOAD_BYTES.getOpaque(this);
  }

  @Override
  public long entryCount() {
    return (long) ENTRY_COUNT.getOpaque(this);
  }

  @Override
  public boolean tryRetain() {
    int seen = (int) REFERENCES.getAcquire(this);
    while (seen > 0) {
      int witness = (int) REFERENCES.compareAndExchange(this, seen, seen + 1);
      if (witness == seen) {
        return true;
      }
      seen = witness;
    }
    return false;
  }

  @Override
  public void release() {
    int before = (int) REFERENCES.getAndAdd(this, -1);
    if (before == 1) {
      index.free();
      arena.free();
    } else if (before < 1) {
      throw new IllegalStateException("released more often than retained");
    }
  }

  private static EntryIterator walk(List<SortedRun> runs) {
    if (runs.size() == 1) {
      return new RunIterator(runs.getFirst());
    }
    List<EntryIterator> iterators = new ArrayList<>(runs.size());
    for (SortedRun run : runs) {
      iterators.add(new RunIterator(run));
    }
    return new MergingIterator(iterators);
  }

  private boolean isHeld() {
    return (int) REFERENCES.getOpaque(this) > 0;
  }
}
