package io.varve.engine.range;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.KeyRange;

/// An answer about a key that holds for its neighbours too: between two keys, the newest range
/// tombstone that covers them, or that there is none. Mutable and reused, so that a walk asks once
/// per span and not once per entry. One thread.
public final class KeySpan {

  /// No tombstone covers the keys of the span. No operation has sequence number 0.
  public static final long UNCOVERED = 0;

  private static final Slice FIRST = new Slice();

  private Slice from = FIRST;
  private Slice to = FIRST;
  private long sequence;
  private long newestEntry;

  /// Back to all keys, uncovered.
  public KeySpan reset() {
    from = FIRST;
    to = KeyRange.END;
    sequence = UNCOVERED;
    newestEntry = Long.MAX_VALUE;
    return this;
  }

  /// Makes the span hold no key, so that the next question is asked anew.
  public void forget() {
    to = from;
  }

  /// First key of the span. Immutable bytes.
  public Slice from() {
    return from;
  }

  /// First key behind the span. Immutable bytes.
  public Slice to() {
    return to;
  }

  /// Sequence number of the newest tombstone over the span that the asker may see, or
  /// [#UNCOVERED].
  public long sequence() {
    return sequence;
  }

  public boolean isCovered() {
    return sequence != UNCOVERED;
  }

  /// No entry of the layer in this span has a greater sequence number.
  public long newestEntry() {
    return newestEntry;
  }

  public void setNewestEntry(long largestSequence) {
    newestEntry = largestSequence;
  }

  public boolean contains(Slice key) {
    return key.compareTo(to) < 0 && from.compareTo(key) <= 0;
  }

  /// Leaves only what lies behind a key, that one included.
  public void beginAt(Slice key) {
    if (key.compareTo(from) > 0) {
      from = key;
    }
  }

  /// Leaves only what lies before a key.
  public void endAt(Slice key) {
    if (key.compareTo(to) < 0) {
      to = key;
    }
  }

  /// Leaves only what a tombstone covers, and takes its sequence number.
  void coverBy(Slice start, Slice end, long tombstoneSequence) {
    beginAt(start);
    endAt(end);
    sequence = Math.max(sequence, tombstoneSequence);
  }

  /// Leaves only what lies on the same side of a tombstone that does not cover `key` as `key`.
  void keepOff(Slice start, Slice end, Slice key) {
    if (end.compareTo(key) <= 0) {
      beginAt(end);
    } else {
      endAt(start);
    }
  }

  public void set(KeySpan other) {
    from = other.from;
    to = other.to;
    sequence = other.sequence;
    newestEntry = other.newestEntry;
  }

  @Override
  public String toString() {
    return "[" + from + ", " + KeyRange.describeEnd(to) + ")@" + sequence;
  }
}
