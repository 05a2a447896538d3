package io.varve.server.keyspace;

import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.KeyValueIterator;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Walks the user keys of one database in ascending order, with what the execution itself has
/// written laid over the engine's keys. Expired keys show; the caller judges.
///
/// The batch must not change while it is walked. Belongs to one thread.
public final class KeyWalk implements AutoCloseable {

  private final KeyValueIterator stored;
  private final int physicalId;

  /// The execution's own headers by user key; a null value is a delete.
  private final NavigableMap<Slice, @Nullable Slice> own;

  private final Slice storedKey = new Slice();
  private final Slice prefixed = new Slice();
  private final GrowableBuffer seekKey = GrowableBuffer.onHeap(64);
  private final KeyEntry entry = new KeyEntry();
  private boolean onStored;
  private Map.@Nullable Entry<Slice, @Nullable Slice> ownNext;
  private boolean ownIsCurrent;

  KeyWalk(KeyValueIterator stored, WriteBatch batch, int physicalId) {
    this.stored = stored;
    this.physicalId = physicalId;
    this.own = batch.isEmpty() ? Collections.emptyNavigableMap() : ownHeaders(batch, physicalId);
  }

  /// Moves to the first key that is not less than `key`.
  public void seek(Slice key) {
    stored.seek(engineKey(key));
    readStored();
    ownNext = own.ceilingEntry(key);
    settle();
  }

  /// Moves to the last key that the engine holds; what the execution wrote is not looked at.
  /// Returns false if there is none.
  public boolean seekToLastStored() {
    seekKey.clear();
    int at = seekKey.reserve(KeyspaceFormat.HEADER_PREFIX_BYTES);
    KeyspaceFormat.putPrefix(
        seekKey.segment().asSlice(at), physicalId, (byte) (KeyspaceFormat.TAG_HEADER + 1));
    stored.seekForPrev(seekKey.slice(prefixed));
    readStored();
    ownNext = null;
    settle();
    return isValid();
  }

  public boolean isValid() {
    return ownIsCurrent || onStored;
  }

  /// Needs [#isValid()].
  public void next() {
    if (ownIsCurrent) {
      stepOwn();
    } else {
      stepStored();
    }
    settle();
  }

  /// The user key, valid until the walk moves.
  public Slice key() {
    return ownIsCurrent ? ownEntry().getKey() : storedKey;
  }

  /// The header, valid until the walk moves.
  public KeyEntry entry() {
    Slice ownValue = ownIsCurrent ? ownEntry().getValue() : null;
    entry.decode(ownValue != null ? ownValue : stored.value());
    return entry;
  }

  /// The deadline in the header, without decoding the rest.
  public boolean isExpiredAt(long nowMillis) {
    Slice ownValue = ownIsCurrent ? ownEntry().getValue() : null;
    long expiry = KeyEntry.expiryMillisOf(ownValue != null ? ownValue : stored.value());
    return expiry != KeyEntry.NO_EXPIRY && expiry <= nowMillis;
  }

  @Override
  public void close() {
    stored.close();
  }

  /// Decides which side is next, skipping what the execution has deleted or replaced.
  private void settle() {
    while (true) {
      Map.Entry<Slice, @Nullable Slice> mine = ownNext;
      if (mine == null) {
        ownIsCurrent = false;
        return;
      }
      int order = onStored ? mine.getKey().compareTo(storedKey) : -1;
      if (order > 0) {
        ownIsCurrent = false;
        return;
      }
      if (order == 0) {
        stepStored();
      }
      if (mine.getValue() != null) {
        ownIsCurrent = true;
        return;
      }
      stepOwn();
    }
  }

  private void stepOwn() {
    ownNext = own.higherEntry(ownEntry().getKey());
  }

  private void stepStored() {
    stored.next();
    readStored();
  }

  private void readStored() {
    onStored = false;
    if (!stored.isValid()) {
      return;
    }
    Slice key = stored.key();
    if (KeyspaceFormat.physicalId(key) == physicalId
        && KeyspaceFormat.tag(key) == KeyspaceFormat.TAG_HEADER) {
      onStored = true;
      storedKey.set(
          key.segment(),
          key.offset() + KeyspaceFormat.HEADER_PREFIX_BYTES,
          key.length() - KeyspaceFormat.HEADER_PREFIX_BYTES);
    }
  }

  private Slice engineKey(Slice key) {
    seekKey.clear();
    int at = seekKey.reserve(KeyspaceFormat.HEADER_PREFIX_BYTES);
    KeyspaceFormat.putPrefix(seekKey.segment().asSlice(at), physicalId, KeyspaceFormat.TAG_HEADER);
    seekKey.putBytes(key);
    return seekKey.slice(prefixed);
  }

  private Map.Entry<Slice, @Nullable Slice> ownEntry() {
    Map.Entry<Slice, @Nullable Slice> mine = ownNext;
    if (mine == null) {
      throw new IllegalStateException("the walk stands nowhere");
    }
    return mine;
  }

  private static NavigableMap<Slice, @Nullable Slice> ownHeaders(WriteBatch batch, int physicalId) {
    TreeMap<Slice, @Nullable Slice> headers = new TreeMap<>();
    batch.visit(
        new BatchVisitor() {
          @Override
          public void put(Slice key, Slice value) {
            add(key, value);
          }

          @Override
          public void delete(Slice key) {
            add(key, null);
          }

          @Override
          public void deleteRange(Slice start, Slice end) {
            // Elements go by ranges, headers never.
          }

          private void add(Slice key, @Nullable Slice value) {
            if (KeyspaceFormat.physicalId(key) == physicalId
                && KeyspaceFormat.tag(key) == KeyspaceFormat.TAG_HEADER) {
              Slice user =
                  new Slice(
                      key.segment(),
                      key.offset() + KeyspaceFormat.HEADER_PREFIX_BYTES,
                      key.length() - KeyspaceFormat.HEADER_PREFIX_BYTES);
              headers.put(user.copy(), value == null ? null : value.copy());
            }
          }
        });
    return headers;
  }
}
