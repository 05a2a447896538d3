package io.varve.server.keyspace;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Makes the engine's keys of one access, each kind in memory of its own that the next of its kind
/// overwrites. See [KeyspaceFormat]. Belongs to one thread.
final class EngineKeys {

  /// Room for the longest key.
  private static final int KEY_BYTES = 64 << 10;

  private final Slice header;
  private final Slice deadline;
  private final Slice element;

  EngineKeys() {
    MemorySegment scratch = Arena.ofAuto().allocate(3L * KEY_BYTES, 8);
    this.header = new Slice(scratch.asSlice(0, KEY_BYTES), 0, 0);
    this.deadline = new Slice(scratch.asSlice(KEY_BYTES, KEY_BYTES), 0, 0);
    this.element = new Slice(scratch.asSlice(2L * KEY_BYTES, KEY_BYTES), 0, 0);
  }

  Slice header(int physicalId, Slice key) {
    MemorySegment segment = header.segment();
    KeyspaceFormat.putPrefix(segment, physicalId, KeyspaceFormat.TAG_HEADER);
    key.copyTo(segment, KeyspaceFormat.HEADER_PREFIX_BYTES);
    return header.set(segment, 0, KeyspaceFormat.HEADER_PREFIX_BYTES + key.length());
  }

  Slice deadline(int physicalId, Slice key, long millis) {
    MemorySegment segment = deadline.segment();
    KeyspaceFormat.putPrefix(segment, physicalId, KeyspaceFormat.TAG_DEADLINE);
    segment.set(Layouts.LONG_BE, KeyspaceFormat.HEADER_PREFIX_BYTES, millis);
    key.copyTo(segment, KeyspaceFormat.DEADLINE_PREFIX_BYTES);
    return deadline.set(segment, 0, KeyspaceFormat.DEADLINE_PREFIX_BYTES + key.length());
  }

  Slice element(int physicalId, long objectId, Slice subkey) {
    MemorySegment segment = element.segment();
    KeyspaceFormat.putElementPrefix(segment, physicalId, objectId);
    subkey.copyTo(segment, KeyspaceFormat.ELEMENT_PREFIX_BYTES);
    return element.set(segment, 0, KeyspaceFormat.ELEMENT_PREFIX_BYTES + subkey.length());
  }
}
