package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.ElementWalk;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.KeyEntry;
import java.lang.foreign.MemorySegment;

/// A long string in chunks, so that a change costs the chunks it touches and not the string.
///
/// ```
/// header payload := length (8)
/// element        := chunk number (4, big-endian) -> bytes of the chunk
/// ```
///
/// Chunk `n` holds the bytes from `n * CHUNK_BYTES` on. What a chunk does not hold, because it is
/// missing or short, is zeros: a bit set far out costs one chunk. The size of chunks lies on disk; it is
/// small enough for the log not to be filled by single bits, and below what the engine keeps apart from
/// its tables.
final class ChunkedString {

  /// Bytes of a chunk: part of the format.
  static final int CHUNK_BYTES = 2 << 10;

  /// Strings that grow beyond this are kept in chunks from then on.
  static final int WHOLE_BYTES_MAX = 16 << 10;

  private static final int SUBKEY_BYTES = Integer.BYTES;

  private final Elements elements;
  private final Slice subkey = new Slice(MemorySegment.ofArray(new byte[SUBKEY_BYTES]), 0, 4);
  private final Slice found = new Slice();

  ChunkedString(Elements elements) {
    this.elements = elements;
  }

  /// Bytes of the string that a header stands for.
  static int length(KeyEntry entry) {
    Slice payload = entry.payload();
    return (int) payload.segment().get(Layouts.LONG_LE, payload.offset());
  }

  static void putHeader(GrowableBuffer payload, long length) {
    payload.putLong(length);
  }

  /// Copies a part of the string.
  ///
  /// @param into of as many bytes as are wanted, zero
  void read(long from, MemorySegment into) {
    long end = from + into.byteSize();
    try (ElementWalk walk = elements.walk()) {
      for (walk.seek(subkeyOf(from / CHUNK_BYTES)); walk.isValid(); walk.next()) {
        long chunkStart = (long) chunkOf(walk.key()) * CHUNK_BYTES;
        if (chunkStart >= end) {
          return;
        }
        Slice bytes = walk.value();
        long start = Math.max(from, chunkStart);
        long stop = Math.min(end, chunkStart + bytes.length());
        if (start < stop) {
          MemorySegment.copy(
              bytes.segment(),
              bytes.offset() + (start - chunkStart),
              into,
              start - from,
              stop - start);
        }
      }
    }
  }

  /// Overwrites a part of the string.
  void write(long at, Slice part) {
    byte[] scratch = new byte[CHUNK_BYTES];
    MemorySegment chunk = MemorySegment.ofArray(scratch);
    int done = 0;
    while (done < part.length()) {
      long position = at + done;
      int inChunk = (int) (position % CHUNK_BYTES);
      int bytes = Math.min(part.length() - done, CHUNK_BYTES - inChunk);
      int length = load(position / CHUNK_BYTES, chunk, bytes == CHUNK_BYTES);
      MemorySegment.copy(part.segment(), part.offset() + done, chunk, inChunk, bytes);
      elements.put(
          subkeyOf(position / CHUNK_BYTES), new Slice(chunk, 0, Math.max(length, inChunk + bytes)));
      done += bytes;
    }
  }

  /// Reads a chunk and fills it up with zeros.
  ///
  /// @return bytes that it holds
  private int load(long number, MemorySegment into, boolean overwritten) {
    if (overwritten || !elements.find(subkeyOf(number), found)) {
      into.fill((byte) 0);
      return 0;
    }
    int length = Math.min(found.length(), CHUNK_BYTES);
    MemorySegment.copy(found.segment(), found.offset(), into, 0, length);
    into.asSlice(length).fill((byte) 0);
    return length;
  }

  private Slice subkeyOf(long number) {
    subkey.segment().set(Layouts.INT_BE, 0, (int) number);
    return subkey;
  }

  private static int chunkOf(Slice subkey) {
    return subkey.segment().get(Layouts.INT_BE, subkey.offset());
  }
}
