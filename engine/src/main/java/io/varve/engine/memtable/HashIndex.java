package io.varve.engine.memtable;

import io.varve.engine.bytes.KeyedHash;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// From a user key to its newest entry: open addressing in native memory, one writer, readers that
/// wait for nothing.
///
/// ```
/// hash (64 bits) := table number (top bits), ..., place in the table (from bit 16 on), tag (16)
/// slot (8 bytes) := tag (16), entry address (48); all 0 where empty
/// ```
///
/// A lookup walks from its place to the first empty slot and reads an entry only where the tag fits:
/// one cache miss for the slot, one for the entry. Slots never become empty again, so a new version
/// of a key swaps the address in its slot and nothing else.
///
/// *Growth.* The index is cut into many small tables by the top bits of the hash; each doubles alone
/// when five eighths full, so the writer never stops for more than a few thousand slots. The new
/// table is filled in private and then published with one release; readers still in the old one find
/// there all that was put before they came, hence all that their sequence number allows. Old tables
/// are freed with the index. Incremental migration was the alternative: every lookup would then
/// have had two places to look.
///
/// *Hostile keys.* [Hash64] has no secret, so keys with equal hashes can be made at will. A walk
/// ends after [#WALK_SLOTS_MAX] slots or [#STRANGERS_MAX] entries with the right tag and the wrong
/// key; neither happens by chance. Keys that find no place within these bounds go to a second index
/// under a secret hash ([KeyedHash]), and their table remembers that it has such keys.
final class HashIndex {

  /// No table of its own is smaller.
  private static final int SLOTS_LOG2_MIN = 6;

  private static final int TABLES_LOG2 = 6;
  private static final int OVERFLOW_TABLES_LOG2 = 2;

  private static final int TAG_BITS = 16;
  private static final long ADDRESS_MASK = (1L << 48) - 1;

  /// A table as one long, to be read at once: overflowed(1), 9 free bits, log2 of slots(6),
  /// address(48).
  private static final long OVERFLOWED = 1L << 63;

  private static final int SLOTS_SHIFT = 48;

  static final int WALK_SLOTS_MAX = 256;
  static final int STRANGERS_MAX = 8;

  private static final MemorySegment ALL = NativeMemory.ALL;
  private static final VarHandle SLOT = ValueLayout.JAVA_LONG.varHandle();

  /// What stands for a table before its first key: one slot, empty for ever, and full at none, so
  /// that the first key makes it grow.
  private static final long NO_TABLE = NativeMemory.allocateZeroed(8).address();

  /// Slots whose entries are read ahead while a table grows.
  private static final int READ_AHEAD_SLOTS = 32;

  private static final VarHandle TABLE = MethodHandles.arrayElementVarHandle(long[].class);

  /// Everything to be freed. Writer only, until the end.
  private final List<MemorySegment> memory = new ArrayList<>();

  private final long[] tables;

  /// Slots in use per table. Writer only.
  private final int[] used;

  private final int tableShift;
  private final int firstSlotsLog2;
  private final boolean secret;

  /// Bounds of a walk; none under a secret hash.
  private final long walkSlotsMax;

  private final int strangersMax;
  private final AtomicLong reservedBytes = new AtomicLong();
  private @Nullable volatile HashIndex overflow;

  /// @param slotsLog2 logarithm of the slots that the tables start with, over all of them; a table
  ///     takes its memory with its first key
  static HashIndex create(int slotsLog2) {
    return new HashIndex(TABLES_LOG2, slotsLog2, false);
  }

  private HashIndex(int tablesLog2, int slotsLog2, boolean secret) {
    this.tables = new long[1 << tablesLog2];
    this.used = new int[tables.length];
    this.tableShift = 64 - tablesLog2;
    this.secret = secret;
    this.walkSlotsMax = secret ? Long.MAX_VALUE : WALK_SLOTS_MAX;
    this.strangersMax = secret ? Integer.MAX_VALUE : STRANGERS_MAX;
    this.firstSlotsLog2 = Math.max(SLOTS_LOG2_MIN, slotsLog2 - tablesLog2);
    Arrays.fill(tables, NO_TABLE);
    // A reader that gets this object by any means sees the tables.
    VarHandle.releaseFence();
  }

  /// The newest entry of a key, 0 if it has none.
  ///
  /// @param hash [Slice#hash()] of the key
  long find(Slice key, long hash) {
    long table = (long) TABLE.getAcquire(tables, (int) (hash >>> tableShift));
    long base = table & ADDRESS_MASK;
    long mask = mask(table);
    long place = (hash >>> TAG_BITS) & mask;
    int strangers = 0;
    for (long walked = 0; walked < walkSlotsMax; walked++) {
      long slot = (long) SLOT.getAcquire(ALL, base + (place << 3));
      if (slot == 0) {
        break;
      }
      if (hasTag(slot, hash)) {
        long entry = slot & ADDRESS_MASK;
        if (EntryLayout.hasKey(entry, key)) {
          return entry;
        }
        if (++strangers == strangersMax) {
          break;
        }
      }
      place = (place + 1) & mask;
    }
    return table < 0 ? findOverflowed(key) : 0;
  }

  /// Makes an entry the newest of its key and links it to the one before.
  ///
  /// @param entry complete but for that link
  void put(Slice key, long hash, long entry) {
    int number = (int) (hash >>> tableShift);
    long slot = findSlot(tables[number], key, hash);
    if (slot > 0 && ALL.get(ValueLayout.JAVA_LONG, slot) != 0) {
      long previous = ALL.get(ValueLayout.JAVA_LONG, slot) & ADDRESS_MASK;
      EntryLayout.setPrevious(entry, previous);
      SLOT.setRelease(ALL, slot, slotOf(hash, entry));
      return;
    }
    if (tables[number] < 0 && findOverflowed(key) != 0) {
      overflow().put(key, secretHash(key), entry);
      return;
    }
    EntryLayout.setPrevious(entry, 0);
    place(key, hash, entry);
  }

  /// Reads what lookups of keys would read first: all slots, then all entries that these lead to. Two
  /// loops of loads that do not wait for each other, which is the point of it.
  ///
  /// @return something that depends on what was read
  long touch(long[] hashes, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += firstSlot(hashes[i]);
    }
    for (int i = 0; i < count; i++) {
      long slot = firstSlot(hashes[i]);
      if (slot != 0 && hasTag(slot, hashes[i])) {
        sum += EntryLayout.trailer(slot & ADDRESS_MASK);
      }
    }
    return sum;
  }

  private long firstSlot(long hash) {
    long table = (long) TABLE.getAcquire(tables, (int) (hash >>> tableShift));
    long place = (hash >>> TAG_BITS) & mask(table);
    return (long) SLOT.getAcquire(ALL, (table & ADDRESS_MASK) + (place << 3));
  }

  /// Bytes taken from the allocator. From any thread.
  long reservedBytes() {
    HashIndex second = overflow;
    return reservedBytes.get() + (second == null ? 0 : second.reservedBytes());
  }

  /// Keys that found no place within the bounds. Writer only.
  int overflowedKeys() {
    HashIndex second = overflow;
    int sum = 0;
    if (second != null) {
      for (int count : second.used) {
        sum += count;
      }
    }
    return sum;
  }

  /// Gives everything back. Nobody may look anything up afterwards.
  void free() {
    for (MemorySegment segment : memory) {
      reservedBytes.addAndGet(-segment.byteSize());
      NativeMemory.free(segment);
    }
    memory.clear();
    HashIndex second = overflow;
    if (second != null) {
      second.free();
    }
  }

  private static long mask(long table) {
    // A shift looks at the low six bits of its distance only: those of the logarithm.
    return (1L << (table >>> SLOTS_SHIFT)) - 1;
  }

  private static boolean hasTag(long slot, long hash) {
    return (slot >>> 48) == (hash & 0xffff);
  }

  private static long slotOf(long hash, long entry) {
    return hash << 48 | entry;
  }

  private static boolean isFull(long table, int used) {
    return used >= ((mask(table) + 1) >>> 3) * 5;
  }

  /// Address of the slot that holds a key or of the empty one where it may go, 0 if there is none
  /// within the bounds. The same walk as [#find(Slice, long)].
  private long findSlot(long table, Slice key, long hash) {
    long base = table & ADDRESS_MASK;
    long mask = mask(table);
    long place = (hash >>> TAG_BITS) & mask;
    int strangers = 0;
    for (long walked = 0; walked < walkSlotsMax; walked++) {
      long address = base + (place << 3);
      long slot = ALL.get(ValueLayout.JAVA_LONG, address);
      if (slot == 0) {
        return address;
      }
      if (hasTag(slot, hash)) {
        if (EntryLayout.hasKey(slot & ADDRESS_MASK, key)) {
          return address;
        }
        if (++strangers == strangersMax) {
          break;
        }
      }
      place = (place + 1) & mask;
    }
    return 0;
  }

  /// Gives a key that is not in this index its slot.
  private void place(Slice key, long hash, long entry) {
    int number = (int) (hash >>> tableShift);
    if (isFull(tables[number], used[number])) {
      grow(number);
    }
    long slot = emptySlot(tables[number], hash);
    if (slot == 0) {
      overflow().place(key, secretHash(key), entry);
      TABLE.setRelease(tables, number, tables[number] | OVERFLOWED);
    } else {
      used[number]++;
      SLOT.setRelease(ALL, slot, slotOf(hash, entry));
    }
  }

  private void grow(int number) {
    long old = tables[number];
    long oldBase = old & ADDRESS_MASK;
    long slots = mask(old) + 1;
    int slotsLog2 = Math.max(firstSlotsLog2, Long.numberOfTrailingZeros(slots) + 1);
    long table = reserve(slotsLog2) | (old & OVERFLOWED);
    int placed = 0;
    Slice key = new Slice();
    for (long i = 0; i < slots; i++) {
      if (i % READ_AHEAD_SLOTS == 0) {
        readAhead(oldBase + (i << 3), Math.min(READ_AHEAD_SLOTS, slots - i));
      }
      long entry = ALL.get(ValueLayout.JAVA_LONG, oldBase + (i << 3)) & ADDRESS_MASK;
      if (entry != 0) {
        EntryLayout.key(entry, key);
        long hash = secret ? secretHash(key) : key.hash();
        long address = emptySlot(table, hash);
        if (address != 0) {
          ALL.set(ValueLayout.JAVA_LONG, address, slotOf(hash, entry));
          placed++;
        } else {
          // Visible at once to readers of the old table too, where it makes no difference.
          HashIndex second = overflow();
          second.place(key, secretHash(key), entry);
          table |= OVERFLOWED;
        }
      }
    }
    used[number] = placed;
    TABLE.setRelease(tables, number, table);
  }

  /// Reads the entries of some slots one right after the other, so that their cache misses overlap.
  private static void readAhead(long slotAddress, long slots) {
    for (long i = 0; i < slots; i++) {
      long entry = ALL.get(ValueLayout.JAVA_LONG, slotAddress + (i << 3)) & ADDRESS_MASK;
      if (entry != 0) {
        EntryLayout.touch(entry);
      }
    }
  }

  /// [#findSlot(long, Slice, long)] for a key that is known not to be in the table.
  private long emptySlot(long table, long hash) {
    long base = table & ADDRESS_MASK;
    long mask = mask(table);
    long place = (hash >>> TAG_BITS) & mask;
    int strangers = 0;
    for (long walked = 0; walked < walkSlotsMax; walked++) {
      long address = base + (place << 3);
      long slot = ALL.get(ValueLayout.JAVA_LONG, address);
      if (slot == 0) {
        return address;
      }
      if (hasTag(slot, hash) && ++strangers == strangersMax) {
        break;
      }
      place = (place + 1) & mask;
    }
    return 0;
  }

  private long findOverflowed(Slice key) {
    HashIndex second = overflow;
    return second == null ? 0 : second.find(key, secretHash(key));
  }

  private HashIndex overflow() {
    HashIndex second = overflow;
    if (second == null) {
      assert !secret;
      second = new HashIndex(OVERFLOW_TABLES_LOG2, 0, true);
      overflow = second;
    }
    return second;
  }

  private static long secretHash(Slice key) {
    return KeyedHash.hash(key.segment(), key.offset(), key.length());
  }

  /// @return the table as one long
  private long reserve(int slotsLog2) {
    MemorySegment segment = NativeMemory.allocateZeroed(8L << slotsLog2);
    memory.add(segment);
    reservedBytes.addAndGet(segment.byteSize());
    return (long) slotsLog2 << SLOTS_SHIFT | segment.address();
  }
}
