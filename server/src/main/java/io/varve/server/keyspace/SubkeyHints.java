package io.varve.server.keyspace;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Remembers some subkeys that were seen among the elements of large values, so that the next to look for
/// one near by knows what to ask for by name: a lookup costs a fraction of a seek.
///
/// A hint is a guess. It may be of another snapshot, of an execution that was thrown away or of an element
/// that has gone: who takes one looks whether the element is there and is the right one. The command loop
/// leaves them and any thread may take them, so that a command that is rehearsed goes the way that it
/// will go on the loop. Holds at most [#HINTS_MAX], about 100 bytes each; then it begins anew.
final class SubkeyHints {

  /// Enough for the nodes of sorted sets of 20 million elements together.
  private static final int HINTS_MAX = 128 << 10;

  /// Object id (8, big-endian) and subkey.
  private final ConcurrentSkipListSet<byte[]> hints =
      new ConcurrentSkipListSet<>(Arrays::compareUnsigned);

  private final AtomicInteger count = new AtomicInteger();

  void remember(long objectId, Slice subkey) {
    if (hints.add(hint(objectId, subkey)) && count.incrementAndGet() > HINTS_MAX) {
      count.set(0);
      hints.clear();
    }
  }

  void forget(long objectId, Slice subkey) {
    if (hints.remove(hint(objectId, subkey))) {
      count.decrementAndGet();
    }
  }

  /// The greatest remembered subkey of an object that is not greater than another; null if there is none,
  /// or if it differs in the first bytes.
  ///
  /// @param sameBytes how many first bytes must be the same
  @Nullable Slice findFloor(long objectId, Slice subkey, int sameBytes) {
    byte[] wanted = hint(objectId, subkey);
    return checked(hints.floor(wanted), wanted, sameBytes);
  }

  /// As [#findFloor], but of what is less.
  @Nullable Slice findLower(long objectId, Slice subkey, int sameBytes) {
    byte[] wanted = hint(objectId, subkey);
    return checked(hints.lower(wanted), wanted, sameBytes);
  }

  private static @Nullable Slice checked(byte @Nullable [] hint, byte[] wanted, int sameBytes) {
    int same = Long.BYTES + sameBytes;
    if (hint == null || hint.length < same || !Arrays.equals(hint, 0, same, wanted, 0, same)) {
      return null;
    }
    return new Slice(MemorySegment.ofArray(hint), Long.BYTES, hint.length - Long.BYTES);
  }

  private static byte[] hint(long objectId, Slice subkey) {
    byte[] hint = new byte[Long.BYTES + subkey.length()];
    MemorySegment segment = MemorySegment.ofArray(hint);
    segment.set(Layouts.LONG_BE, 0, objectId);
    subkey.copyTo(segment, Long.BYTES);
    return hint;
  }
}
