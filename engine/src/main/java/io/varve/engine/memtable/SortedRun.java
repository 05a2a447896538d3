package io.varve.engine.memtable;

import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;

/// Entries in internal order, immutable: addresses, and beside each a word of its key.
///
/// All keys of the run share their first [#depth] bytes; `words[i]` holds the next eight as a number
/// that sorts like them. So a search or a merge mostly compares numbers that lie side by side and goes
/// to the entries, a cache miss each, only where words are equal.
final class SortedRun {

  private static final MemorySegment ALL = NativeMemory.ALL;

  private final long[] entries;
  private final long[] words;
  private final int depth;

  /// @param entries in internal order, at least one
  /// @param words [EntryLayout#keyWord(long, int)] of each at `depth`
  /// @param depth bytes that all keys share
  SortedRun(long[] entries, long[] words, int depth) {
    assert entries.length > 0 && entries.length == words.length;
    this.entries = entries;
    this.words = words;
    this.depth = depth;
  }

  int size() {
    return entries.length;
  }

  long entry(int index) {
    return entries[index];
  }

  /// Bytes of heap that this run takes.
  long heapBytes() {
    return 16L * entries.length;
  }

  /// Index of the first entry at or after a position, [#size()] if there is none.
  int indexAtOrAfter(Slice key, long trailer) {
    int byPrefix = comparePrefix(key);
    if (byPrefix != 0) {
      return byPrefix < 0 ? 0 : entries.length;
    }
    long word = EntryLayout.word(key.segment(), key.offset(), key.length(), depth);
    int low = 0;
    int high = entries.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(words[middle], word);
      if (order == 0) {
        order = EntryLayout.compare(entries[middle], key, trailer);
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// The run of the entries of two, in time linear to them.
  static SortedRun merge(SortedRun a, SortedRun b) {
    int depth = sharedDepth(a, b);
    long[] aWords = a.wordsAt(depth);
    long[] bWords = b.wordsAt(depth);
    long[] entries = new long[a.size() + b.size()];
    long[] words = new long[entries.length];
    int i = 0;
    int j = 0;
    for (int to = 0; to < entries.length; to++) {
      if (j == bWords.length || (i < aWords.length && isBefore(a, aWords, i, b, bWords, j))) {
        entries[to] = a.entries[i];
        words[to] = aWords[i++];
      } else {
        entries[to] = b.entries[j];
        words[to] = bWords[j++];
      }
    }
    return new SortedRun(entries, words, depth);
  }

  private static boolean isBefore(
      SortedRun a, long[] aWords, int i, SortedRun b, long[] bWords, int j) {
    int order = Long.compareUnsigned(aWords[i], bWords[j]);
    return order != 0 ? order < 0 : EntryLayout.compare(a.entries[i], b.entries[j]) <= 0;
  }

  /// Bytes that the keys of both runs share.
  private static int sharedDepth(SortedRun a, SortedRun b) {
    int atMost = Math.min(a.depth, b.depth);
    long aKey = EntryLayout.keyAddress(a.entries[0]);
    long bKey = EntryLayout.keyAddress(b.entries[0]);
    long at = MemorySegment.mismatch(ALL, aKey, aKey + atMost, ALL, bKey, bKey + atMost);
    return at < 0 ? atMost : (int) at;
  }

  /// The words as they are at a smaller depth: bytes of the shared prefix move in from the left. No
  /// entry but the first is read.
  private long[] wordsAt(int smallerDepth) {
    int shared = depth - smallerDepth;
    if (shared == 0) {
      return words;
    }
    long prefix = EntryLayout.word(ALL, EntryLayout.keyAddress(entries[0]), depth, smallerDepth);
    long[] moved = new long[words.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = shared < 8 ? prefix | words[i] >>> (8 * shared) : prefix;
    }
    return moved;
  }

  /// Order of a key and the prefix of the run: 0 if the key begins with it.
  private int comparePrefix(Slice key) {
    int common = Math.min(depth, key.length());
    int order =
        Slice.compare(
            key.segment(), key.offset(), common, ALL, EntryLayout.keyAddress(entries[0]), common);
    return order != 0 ? order : Integer.compare(common, depth);
  }
}
