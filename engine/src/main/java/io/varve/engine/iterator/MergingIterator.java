package io.varve.engine.iterator;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.InternalKey;
import java.util.List;

/// Walks several sorted sources as one, in both directions.
///
/// A binary heap of the sources that stand on an entry, best first: the least when walking forward,
/// the greatest when walking backward. A step moves the top source and sifts it down: two
/// comparisons while the same source stays ahead, as it mostly does in an LSM tree, and at most
/// twice the logarithm of the number of sources. Where two sources hold the very same internal key,
/// the one given first comes first.
///
/// Invariant while valid: walking forward, every source stands on its first entry at or behind the
/// current one, or is at its end; walking backward, the mirror image. So a change of direction moves
/// every source by one step and needs no seek.
///
/// Owns its sources: closing it closes them. Belongs to one thread.
public final class MergingIterator implements EntryIterator {

  private static final int UNKNOWN = -1;

  private final EntryIterator[] sources;

  /// Key and trailer that each source stands on, kept here to spare interface calls per comparison.
  private final Slice[] keys;

  private final long[] trailers;
  private final int[] heap;
  private int heapSize;
  private boolean forward = true;

  /// The source behind the one on top, [#UNKNOWN] until it is looked for. It stays the same as long as the
  /// top does, which in runs that hardly overlap is for many steps.
  private int second = UNKNOWN;

  /// @param sources youngest first; taken over, to be closed with this iterator
  public MergingIterator(List<? extends EntryIterator> sources) {
    this.sources = sources.toArray(new EntryIterator[0]);
    this.keys = new Slice[this.sources.length];
    this.trailers = new long[this.sources.length];
    this.heap = new int[this.sources.length];
  }

  @Override
  public boolean isValid() {
    return heapSize > 0;
  }

  @Override
  public void seekToFirst() {
    heapSize = 0;
    for (EntryIterator source : sources) {
      source.seekToFirst();
    }
    buildHeap(true);
  }

  @Override
  public void seekToLast() {
    heapSize = 0;
    for (EntryIterator source : sources) {
      source.seekToLast();
    }
    buildHeap(false);
  }

  @Override
  public void seek(Slice userKey, long trailer) {
    heapSize = 0;
    for (EntryIterator source : sources) {
      source.seek(userKey, trailer);
    }
    buildHeap(true);
  }

  @Override
  public void seekForPrev(Slice userKey, long trailer) {
    heapSize = 0;
    for (EntryIterator source : sources) {
      source.seekForPrev(userKey, trailer);
    }
    buildHeap(false);
  }

  @Override
  public void next() {
    assert isValid();
    if (!forward) {
      turnForward();
      return;
    }
    // Should the source throw, this iterator stands nowhere.
    int size = heapSize;
    heapSize = 0;
    EntryIterator top = sources[heap[0]];
    top.next();
    settleTop(top, size);
  }

  @Override
  public void prev() {
    assert isValid();
    if (forward) {
      turnBackward();
      return;
    }
    int size = heapSize;
    heapSize = 0;
    EntryIterator top = sources[heap[0]];
    top.prev();
    settleTop(top, size);
  }

  @Override
  public Slice userKey() {
    assert isValid();
    return keys[heap[0]];
  }

  @Override
  public long trailer() {
    assert isValid();
    return trailers[heap[0]];
  }

  @Override
  public Slice value() {
    assert isValid();
    return sources[heap[0]].value();
  }

  @Override
  public int level() {
    assert isValid();
    return sources[heap[0]].level();
  }

  @Override
  public void close() {
    heapSize = 0;
    for (EntryIterator source : sources) {
      source.close();
    }
  }

  /// From standing backward on an entry to standing forward on the one behind it.
  private void turnForward() {
    heapSize = 0;
    for (EntryIterator source : sources) {
      if (source.isValid()) {
        source.next();
      } else {
        source.seekToFirst();
      }
    }
    buildHeap(true);
  }

  /// From standing forward on an entry to standing backward on the one before it.
  private void turnBackward() {
    heapSize = 0;
    for (EntryIterator source : sources) {
      if (source.isValid()) {
        source.prev();
      } else {
        source.seekToLast();
      }
    }
    buildHeap(false);
  }

  private void buildHeap(boolean walkForward) {
    forward = walkForward;
    int size = 0;
    for (int i = 0; i < sources.length; i++) {
      if (sources[i].isValid()) {
        keys[i] = sources[i].userKey();
        trailers[i] = sources[i].trailer();
        heap[size++] = i;
      }
    }
    for (int at = size / 2 - 1; at >= 0; at--) {
      siftDown(at, size);
    }
    heapSize = size;
  }

  private void settleTop(EntryIterator top, int size) {
    int left = size;
    if (top.isValid()) {
      keys[heap[0]] = top.userKey();
      trailers[heap[0]] = top.trailer();
      if (size == 1 || isAhead(heap[0], findSecond(size))) {
        heapSize = size;
        return;
      }
    } else {
      left--;
      heap[0] = heap[left];
    }
    siftDown(0, left);
    heapSize = left;
  }

  /// The source that would be on top without the top one; needs two or more.
  private int findSecond(int size) {
    if (second == UNKNOWN) {
      second = size > 2 && isAhead(heap[2], heap[1]) ? heap[2] : heap[1];
    }
    return second;
  }

  private void siftDown(int from, int size) {
    second = UNKNOWN;
    int at = from;
    int moving = heap[at];
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && isAhead(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isAhead(heap[child], moving)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    if (at < size) {
      heap[at] = moving;
    }
  }

  private boolean isAhead(int a, int b) {
    int order = InternalKey.compare(keys[a], trailers[a], keys[b], trailers[b]);
    if (order == 0) {
      order = Integer.compare(a, b);
    }
    return forward ? order < 0 : order > 0;
  }
}
