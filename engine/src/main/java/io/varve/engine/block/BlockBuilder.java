package io.varve.engine.block;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.bytes.Varint;
import io.varve.engine.key.InternalKey;

/// Builds the payload of a block of sorted entries.
///
/// ```
/// payload       := entry*, restart point u32 *, count of restart points u32
/// entry         := varint shared, varint unshared, varint value length,
///                  user key bytes (unshared), trailer u64 big-endian, value
/// restart point := offset of an entry whose shared is 0
/// ```
///
/// `shared` is the length of the *longest* prefix that the user key has in common with the one
/// before, except at a restart point. Search relies on "longest" (see [BlockSearch]). Every
/// `restartInterval` entries a restart point begins. Not thread-safe; reused from block to block.
public final class BlockBuilder {

  /// Three varints, the trailer and a restart point.
  private static final int ENTRY_OVERHEAD_BYTES_MAX = 3 * Varint.BYTES_MAX_32 + 8 + 4;

  private final int restartInterval;
  private final GrowableBuffer payload;
  private final GrowableBuffer restarts = new GrowableBuffer(256);
  private final GrowableBuffer lastUserKey = new GrowableBuffer(128);
  private final Slice last = new Slice();
  private long lastTrailer;
  private int entryCount;
  private int entriesSinceRestart;

  /// @param restartInterval entries from one restart point to the next, at least 1
  /// @param initialBytes room to start with
  public BlockBuilder(int restartInterval, int initialBytes) {
    if (restartInterval < 1) {
      throw new IllegalArgumentException("restart interval " + restartInterval + " is below 1");
    }
    this.restartInterval = restartInterval;
    this.payload = new GrowableBuffer(initialBytes);
  }

  public boolean isEmpty() {
    return entryCount == 0;
  }

  public int entryCount() {
    return entryCount;
  }

  /// Bytes that [#finish(Slice)] would return now.
  public int size() {
    return payload.size() + restarts.size() + BlockFormat.RESTART_BYTES;
  }

  /// An upper bound for [#size()] after one more entry.
  public long sizeWith(int userKeyBytes, int valueBytes) {
    return (long) size() + userKeyBytes + valueBytes + ENTRY_OVERHEAD_BYTES_MAX;
  }

  /// Adds an entry behind all added before in internal order.
  public void add(Slice userKey, long trailer, Slice value) {
    lastUserKey.slice(last);
    assert entryCount == 0 || InternalKey.compare(last, lastTrailer, userKey, trailer) < 0
        : "entries out of order: " + last + " then " + userKey;
    int shared = 0;
    if (entryCount == 0 || entriesSinceRestart == restartInterval) {
      restarts.putInt(payload.size());
      entriesSinceRestart = 0;
    } else {
      shared = last.commonPrefixLength(userKey);
    }
    int unshared = userKey.length() - shared;
    payload.putVarint(shared);
    payload.putVarint(unshared);
    payload.putVarint(value.length());
    payload.putBytes(userKey.segment(), userKey.offset() + shared, unshared);
    payload.putLongBigEndian(trailer);
    payload.putBytes(value);
    lastUserKey.truncate(shared);
    lastUserKey.putBytes(userKey.segment(), userKey.offset() + shared, unshared);
    lastTrailer = trailer;
    entryCount++;
    entriesSinceRestart++;
  }

  /// Closes the payload and points a slice at it; valid until [#reset()].
  public Slice finish(Slice into) {
    int count = restarts.size() / BlockFormat.RESTART_BYTES;
    payload.putBytes(restarts.segment(), 0, restarts.size());
    payload.putInt(count);
    return payload.slice(into);
  }

  /// Empties the builder for the next block.
  public void reset() {
    payload.clear();
    restarts.clear();
    lastUserKey.clear();
    entryCount = 0;
    entriesSinceRestart = 0;
  }
}
