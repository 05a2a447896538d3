package io.varve.engine.memtable;

import io.varve.engine.bytes.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Sorts entries into a run.
///
/// The cost of sorting entries by comparing them is the cache miss per comparison. So numbers are
/// sorted instead: the bytes that all keys share are skipped, the next eight bytes of every key are
/// loaded as a word, and words and addresses are sorted together by radix. Entries with equal words
/// are a group of their own with a longer shared prefix, on which the same is done; in the end a group
/// is one key, and its versions are sorted by trailer. Each entry is read once per eight bytes that
/// tell it from its neighbours and never compared. (Multikey sorting with cached characters: Ng and
/// Kakehi, "Cache efficient radix sort for string sorting", 2007.)
///
/// Groups wait on a stack of our own: keys that are prefixes of each other could nest deeper than
/// the stack of a thread. Not thread-safe; one sorter per sort.
final class RunSorter {

  private static final MemorySegment ALL = NativeMemory.ALL;

  /// Up to this many, insertion beats counting bytes.
  private static final int INSERTION_MAX = 32;

  private static final int RADIX = 256;

  /// A key class of keys that go on behind the word.
  private static final int LONGER = 9;

  private final long[] entries;
  private final long[] words;
  private final long[] entriesSpare;
  private final long[] wordsSpare;
  private final int[] counts = new int[8 * RADIX];

  /// Groups to be sorted: from, to, depth of each.
  private int[] pending = new int[48];

  private int pendingInts;

  private RunSorter(long[] entries) {
    this.entries = entries;
    this.words = new long[entries.length];
    this.entriesSpare = new long[entries.length];
    this.wordsSpare = new long[entries.length];
  }

  /// @param entries at least one; taken over
  static SortedRun sort(long[] entries) {
    RunSorter sorter = new RunSorter(entries);
    int depth = sorter.sharedDepth(0, entries.length, 0);
    sorter.sortAll(depth);
    return new SortedRun(sorter.entries, sorter.words, depth);
  }

  private void sortAll(int depth) {
    sortByKeyWord(0, entries.length, depth);
    int from = 0;
    while (from < words.length) {
      int to = endOfGroup(from, words.length);
      if (to - from > 1) {
        long word = words[from];
        sortGroup(from, to, depth);
        Arrays.fill(words, from, to, word);
      }
      from = to;
    }
  }

  /// Sorts entries whose words at `depth` are equal, and all groups within.
  private void sortGroup(int from, int to, int depth) {
    splitByLength(from, to, depth);
    while (pendingInts > 0) {
      pendingInts -= 3;
      int groupFrom = pending[pendingInts];
      int groupTo = pending[pendingInts + 1];
      int groupDepth = sharedDepth(groupFrom, groupTo, pending[pendingInts + 2]);
      sortByKeyWord(groupFrom, groupTo, groupDepth);
      int at = groupFrom;
      while (at < groupTo) {
        int end = endOfGroup(at, groupTo);
        if (end - at > 1) {
          splitByLength(at, end, groupDepth);
        }
        at = end;
      }
    }
  }

  /// Among equal words, keys that end within them come first, the shorter before the longer (their
  /// words are padded with zeros); such keys are equal if their lengths are. Those that go on wait
  /// for the next eight bytes.
  private void splitByLength(int from, int to, int depth) {
    boolean same = true;
    for (int i = from; i < to; i++) {
      words[i] = Math.min(EntryLayout.keyLength(entries[i]) - depth, LONGER);
      same &= words[i] == words[from];
    }
    if (!same) {
      sortByWord(from, to);
    }
    int at = from;
    while (at < to) {
      int end = endOfGroup(at, to);
      if (end - at > 1) {
        if (words[at] == LONGER) {
          push(at, end, depth + 8);
        } else {
          sortVersions(at, end);
        }
      }
      at = end;
    }
  }

  /// Newest first. They come oldest first, mostly.
  private void sortVersions(int from, int to) {
    for (int i = from, j = to - 1; i < j; i++, j--) {
      long entry = entries[i];
      entries[i] = entries[j];
      entries[j] = entry;
    }
    for (int i = from; i < to; i++) {
      words[i] = ~EntryLayout.trailer(entries[i]);
    }
    sortByWord(from, to);
  }

  private void sortByKeyWord(int from, int to, int depth) {
    for (int i = from; i < to; i++) {
      words[i] = EntryLayout.keyWord(entries[i], depth);
    }
    sortByWord(from, to);
  }

  private int endOfGroup(int from, int limit) {
    long word = words[from];
    int at = from + 1;
    while (at < limit && words[at] == word) {
      at++;
    }
    return at;
  }

  private void push(int from, int to, int depth) {
    if (pendingInts == pending.length) {
      pending = Arrays.copyOf(pending, pendingInts * 2);
    }
    pending[pendingInts++] = from;
    pending[pendingInts++] = to;
    pending[pendingInts++] = depth;
  }

  /// Bytes that all keys of a range share, given that they share `known`.
  private int sharedDepth(int from, int to, int known) {
    long first = EntryLayout.keyAddress(entries[from]);
    int shared = EntryLayout.keyLength(entries[from]);
    for (int i = from + 1; i < to && shared > known; i++) {
      long key = EntryLayout.keyAddress(entries[i]);
      int common = Math.min(shared, EntryLayout.keyLength(entries[i]));
      if (common - known >= 8
          && EntryLayout.keyWord(entries[from], known) != EntryLayout.keyWord(entries[i], known)) {
        common = Math.min(common, known + 8);
      }
      long at =
          MemorySegment.mismatch(
              ALL, first + known, first + common, ALL, key + known, key + common);
      shared = at < 0 ? common : known + (int) at;
    }
    return shared;
  }

  /// Sorts a range by its words as unsigned numbers, stably.
  private void sortByWord(int from, int to) {
    if (to - from <= INSERTION_MAX) {
      insertionSort(from, to);
    } else if (!isSorted(from, to)) {
      radixSort(from, to);
    }
  }

  private boolean isSorted(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (Long.compareUnsigned(words[i - 1], words[i]) > 0) {
        return false;
      }
    }
    return true;
  }

  private void insertionSort(int from, int to) {
    for (int i = from + 1; i < to; i++) {
      long word = words[i];
      long entry = entries[i];
      int at = i;
      while (at > from && Long.compareUnsigned(words[at - 1], word) > 0) {
        words[at] = words[at - 1];
        entries[at] = entries[at - 1];
        at--;
      }
      words[at] = word;
      entries[at] = entry;
    }
  }

  /// Byte by byte from the least significant, leaving out bytes that are the same in all words.
  private void radixSort(int from, int to) {
    countBytes(from, to);
    long[] sourceWords = words;
    long[] sourceEntries = entries;
    long[] targetWords = wordsSpare;
    long[] targetEntries = entriesSpare;
    boolean resultInSpare = false;
    for (int digit = 0; digit < 8; digit++) {
      int shift = 8 * digit;
      int table = RADIX * digit;
      if (counts[table + ((int) (words[from] >>> shift) & 0xff)] == to - from) {
        continue;
      }
      int position = from;
      for (int i = table; i < table + RADIX; i++) {
        int count = counts[i];
        counts[i] = position;
        position += count;
      }
      for (int i = from; i < to; i++) {
        long word = sourceWords[i];
        int at = counts[table + ((int) (word >>> shift) & 0xff)]++;
        targetWords[at] = word;
        targetEntries[at] = sourceEntries[i];
      }
      resultInSpare = !resultInSpare;
      sourceWords = resultInSpare ? wordsSpare : words;
      sourceEntries = resultInSpare ? entriesSpare : entries;
      targetWords = resultInSpare ? words : wordsSpare;
      targetEntries = resultInSpare ? entries : entriesSpare;
    }
    if (resultInSpare) {
      System.arraycopy(wordsSpare, from, words, from, to - from);
      System.arraycopy(entriesSpare, from, entries, from, to - from);
    }
  }

  private void countBytes(int from, int to) {
    Arrays.fill(counts, 0);
    for (int i = from; i < to; i++) {
      long word = words[i];
      for (int digit = 0; digit < 8; digit++) {
        counts[RADIX * digit + ((int) word & 0xff)]++;
        word >>>= 8;
      }
    }
  }
}
