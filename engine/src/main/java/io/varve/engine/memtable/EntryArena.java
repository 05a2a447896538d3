package io.varve.engine.memtable;

import io.varve.engine.bytes.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that a memtable's entries are cut from, and the list of them: entries lie one behind
/// the other, so walking the memory is walking the entries in the order of their coming.
///
/// Small entries share chunks of [#CHUNK_BYTES]; an entry of a quarter of that or more gets a chunk of
/// its own, so that little is lost at the end of a chunk and a value of 512 MB is nothing special.
/// Memory comes uninitialised from the allocator: zeroing 64 MiB would cost as much as a tenth of the
/// inserts.
///
/// One thread allocates and publishes. Any thread may collect: it reads [#tail] (or [#ownCount])
/// with acquire, and everything up to there was written before the matching release.
final class EntryArena {

  static final int CHUNK_BYTES = 1 << 20;

  private static final int OWN_CHUNK_BYTES_MIN = CHUNK_BYTES / 4;

  private static final VarHandle TAIL;
  private static final VarHandle OWN_COUNT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(EntryArena.class, "tail", long.class);
      OWN_COUNT = lookup.findVarHandle(EntryArena.class, "ownCount", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// A place in both lists up to which entries were collected.
  record Mark(int chunk, long tail, int ownCount) {
    static final Mark START = new Mark(0, 0, 0);
  }

  /// Everything to be freed. Writer only, until the end.
  private final List<MemorySegment> memory = new ArrayList<>();

  /// Where each shared chunk starts, and where the entries of each but the last end. Volatile because
  /// a reader may come upon a larger array before it has acquired the tail that made it needed.
  private volatile long[] starts = new long[8];

  private volatile long[] ends = new long[8];
  private int chunkCount;

  /// Where the next small entry goes, and the end of its chunk. Writer only.
  private long cursor;

  private long limit;

  /// Address behind the last published small entry; in the last shared chunk.
  @SuppressWarnings("UnusedVariable")
  private long tail;

  /// Entries with a chunk of their own, and how many of them are published.
  private volatile long[] own = new long[4];

  @SuppressWarnings("UnusedVariable")
  private int ownCount;

  /// Entries published, for sizing lists: a reader may see fewer or more than it will collect.
  private int published;

  private final AtomicLong reservedBytes = new AtomicLong();

  /// Takes memory for an entry. It counts from [#publish(long, long)] on.
  long allocate(long bytes) {
    if (bytes <= limit - cursor) {
      return cursor;
    }
    if (bytes >= OWN_CHUNK_BYTES_MIN) {
      return reserve(bytes);
    }
    openChunk();
    return cursor;
  }

  /// Lets the entry that was allocated last, now complete, be collected.
  void publish(long entry, long bytes) {
    published++;
    if (entry == cursor) {
      cursor += bytes;
      TAIL.setRelease(this, cursor);
    } else {
      int count = ownCount;
      if (count == own.length) {
        own = Arrays.copyOf(own, count * 2);
      }
      own[count] = entry;
      OWN_COUNT.setRelease(this, count + 1);
    }
  }

  /// About how many entries were published so far.
  int published() {
    return published;
  }

  /// Whether nothing was published after a mark.
  boolean isAt(Mark mark) {
    return (long) TAIL.getAcquire(this) == mark.tail
        && (int) OWN_COUNT.getAcquire(this) == mark.ownCount;
  }

  /// Collects the addresses of the entries published after a mark.
  ///
  /// @return the mark from which to go on next time
  Mark collect(Mark from, AddressList into) {
    int toOwn = (int) OWN_COUNT.getAcquire(this);
    long[] ownNow = own;
    for (int i = from.ownCount; i < toOwn; i++) {
      into.add(ownNow[i]);
    }
    long toTail = (long) TAIL.getAcquire(this);
    if (toTail == from.tail) {
      return new Mark(from.chunk, toTail, toOwn);
    }
    long[] startsNow = starts;
    long[] endsNow = ends;
    int chunk = from.chunk;
    long at = from.tail == 0 ? startsNow[0] : from.tail;
    while (!(toTail > startsNow[chunk] && toTail <= startsNow[chunk] + CHUNK_BYTES)) {
      collectRange(at, endsNow[chunk], into);
      chunk++;
      at = startsNow[chunk];
    }
    collectRange(at, toTail, into);
    return new Mark(chunk, toTail, toOwn);
  }

  /// Bytes taken from the allocator. From any thread.
  long reservedBytes() {
    return reservedBytes.get();
  }

  /// Gives everything back. No entry may be touched afterwards.
  void free() {
    for (MemorySegment segment : memory) {
      reservedBytes.addAndGet(-segment.byteSize());
      NativeMemory.free(segment);
    }
    memory.clear();
  }

  private static void collectRange(long from, long to, AddressList into) {
    long at = from;
    while (at < to) {
      into.add(at);
      at += EntryLayout.byteSize(at);
    }
    assert at == to;
  }

  private void openChunk() {
    int count = chunkCount;
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      ends = Arrays.copyOf(ends, count * 2);
    }
    if (count > 0) {
      ends[count - 1] = cursor;
    }
    cursor = reserve(CHUNK_BYTES);
    limit = cursor + CHUNK_BYTES;
    starts[count] = cursor;
    chunkCount = count + 1;
  }

  private long reserve(long bytes) {
    MemorySegment segment = NativeMemory.allocate(bytes + EntryLayout.READABLE_BYTES_MIN);
    memory.add(segment);
    reservedBytes.addAndGet(segment.byteSize());
    return segment.address();
  }
}
