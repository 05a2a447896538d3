package io.varve.engine.range;

import io.varve.engine.bytes.Slice;
import java.util.Arrays;

/// Range tombstones as seen from above: disjoint fragments in key order, each with the greatest
/// sequence number over it. At most twice as many fragments, less one, as tombstones. Immutable.
final class Skyline {

  static final Skyline EMPTY = new Skyline(new Slice[0], new Slice[0], new long[0], 0);

  /// Heap of a fragment; the keys are shared.
  static final int BYTES_PER_FRAGMENT = 16;

  private final Slice[] starts;
  private final Slice[] ends;
  private final long[] sequences;
  private final int count;

  private Skyline(Slice[] starts, Slice[] ends, long[] sequences, int count) {
    this.starts = starts;
    this.ends = ends;
    this.sequences = sequences;
    this.count = count;
  }

  static Skyline of(RangeTombstone tombstone) {
    return new Skyline(
        new Slice[] {tombstone.start()},
        new Slice[] {tombstone.end()},
        new long[] {tombstone.sequence()},
        1);
  }

  /// Both as one; where they overlap the younger one shows.
  static Skyline merge(Skyline older, Skyline younger) {
    Drawing out = new Drawing(2 * (older.count + younger.count));
    int i = 0;
    // Where the part of the older fragment i that is still to be drawn begins.
    Slice at = older.count > 0 ? older.starts[0] : null;
    for (int j = 0; j < younger.count; j++) {
      Slice start = younger.starts[j];
      Slice end = younger.ends[j];
      while (at != null && older.ends[i].compareTo(start) <= 0) {
        out.draw(at, older.ends[i], older.sequences[i]);
        at = ++i < older.count ? older.starts[i] : null;
      }
      if (at != null && at.compareTo(start) < 0) {
        out.draw(at, start, older.sequences[i]);
      }
      out.draw(start, end, younger.sequences[j]);
      while (at != null && older.ends[i].compareTo(end) <= 0) {
        at = ++i < older.count ? older.starts[i] : null;
      }
      if (at != null && at.compareTo(end) < 0) {
        at = end;
      }
    }
    while (at != null) {
      out.draw(at, older.ends[i], older.sequences[i]);
      at = ++i < older.count ? older.starts[i] : null;
    }
    return out.finish();
  }

  int count() {
    return count;
  }

  RangeTombstone fragment(int index) {
    return new RangeTombstone(starts[index], ends[index], sequences[index]);
  }

  /// Greatest sequence number over a key, or [KeySpan#UNCOVERED].
  long sequenceAt(Slice key) {
    int index = firstEndingBehind(key);
    return index < count && starts[index].compareTo(key) <= 0
        ? sequences[index]
        : KeySpan.UNCOVERED;
  }

  /// Narrows a span around a key to the fragment or the gap that the key lies in.
  void narrow(Slice key, KeySpan span) {
    int index = firstEndingBehind(key);
    if (index < count && starts[index].compareTo(key) <= 0) {
      span.coverBy(starts[index], ends[index], sequences[index]);
      return;
    }
    if (index > 0) {
      span.beginAt(ends[index - 1]);
    }
    if (index < count) {
      span.endAt(starts[index]);
    }
  }

  private int firstEndingBehind(Slice key) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[middle].compareTo(key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// A skyline while it is drawn from left to right. Neighbours of one sequence number become one.
  private static final class Drawing {

    private final Slice[] starts;
    private final Slice[] ends;
    private final long[] sequences;
    private int count;

    Drawing(int fragmentsMax) {
      starts = new Slice[fragmentsMax];
      ends = new Slice[fragmentsMax];
      sequences = new long[fragmentsMax];
    }

    void draw(Slice start, Slice end, long sequence) {
      if (count > 0 && sequences[count - 1] == sequence && ends[count - 1].compareTo(start) == 0) {
        ends[count - 1] = end;
        return;
      }
      starts[count] = start;
      ends[count] = end;
      sequences[count++] = sequence;
    }

    Skyline finish() {
      return new Skyline(
          Arrays.copyOf(starts, count),
          Arrays.copyOf(ends, count),
          Arrays.copyOf(sequences, count),
          count);
    }
  }
}
