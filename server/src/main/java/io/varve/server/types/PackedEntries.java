package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// A walk's place among entries that lie one behind the other in a piece of memory. The walk reads them
/// with the cursor; this knows where each begins.
final class PackedEntries {

  private final MemorySegment segment;
  private final long start;
  private final long end;
  private final ByteCursor cursor = new ByteCursor();
  private long entryStart;

  /// Where the entries begin that the walk shows; made when first asked for a random one.
  private long[] offsets = new long[0];

  /// @param start offset of the first entry
  /// @param end offset behind the last one
  PackedEntries(MemorySegment segment, long start, long end) {
    this.segment = segment;
    this.start = start;
    this.end = end;
    rewind();
  }

  ByteCursor cursor() {
    return cursor;
  }

  void rewind() {
    moveTo(start);
  }

  /// Notes that an entry begins where the cursor stands; false if there is no more.
  boolean begin() {
    entryStart = cursor.position();
    return cursor.hasRemaining();
  }

  /// Moves in front of a random one of the entries that a walk over these shows.
  void seekRandom(CollectionWalk walk, SplittableRandom random) {
    if (offsets.length == 0) {
      offsets = offsetsOf(walk);
    }
    moveTo(offsets[random.nextInt(offsets.length)]);
  }

  /// Offset of the entry.
  long entryStart() {
    return entryStart;
  }

  /// Offset behind the entry, once it has been read.
  long entryEnd() {
    return cursor.position();
  }

  private void moveTo(long offset) {
    cursor.set(segment, offset, end - offset);
  }

  private long[] offsetsOf(CollectionWalk walk) {
    long[] found = new long[16];
    int count = 0;
    rewind();
    while (walk.next()) {
      if (count == found.length) {
        found = Arrays.copyOf(found, count * 2);
      }
      found[count++] = entryStart;
    }
    return Arrays.copyOf(found, count);
  }
}
