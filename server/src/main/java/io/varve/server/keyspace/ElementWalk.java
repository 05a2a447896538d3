package io.varve.server.keyspace;

import io.varve.engine.batch.BatchVisitor;
import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.KeyValueIterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Walks the elements of one object in both directions, with what the execution had written when the
/// walk began laid over what the engine holds.
///
/// A new walk stands nowhere until one of the seeks. Slices are valid until the walk moves or closes.
/// Belongs to one thread.
public final class ElementWalk implements AutoCloseable {

  /// Stands for "deleted" among the execution's own elements.
  private static final Slice DELETED = new Slice();

  private final KeyValueIterator stored;
  private final Slice prefix;

  /// Where the next object's elements begin.
  private final Slice end;

  private final NavigableMap<Slice, Slice> own;

  /// Which stored elements a range tombstone of the execution hides.
  private final HiddenRanges hidden;

  private final GrowableBuffer seekKey = GrowableBuffer.onHeap(64);
  private final Slice seekSlice = new Slice();
  private final Slice storedSubkey = new Slice();
  private boolean onStored;
  private Map.@Nullable Entry<Slice, Slice> ownNext;
  private boolean ownIsCurrent;
  private boolean forward = true;

  ElementWalk(KeyValueIterator stored, WriteBatch batch, int physicalId, long objectId) {
    this.stored = stored;
    this.prefix = KeyspaceFormat.elementPrefix(physicalId, objectId);
    this.end = KeyspaceFormat.elementPrefix(physicalId, objectId + 1);
    this.hidden = new HiddenRanges();
    this.own = batch.isEmpty() ? new TreeMap<>() : ownElements(batch);
  }

  public boolean isValid() {
    return ownIsCurrent || onStored;
  }

  /// Moves to the first element whose subkey is not less than this.
  public void seek(Slice subkey) {
    forward = true;
    stored.seek(engineKey(subkey));
    readStored();
    ownNext = own.ceilingEntry(subkey);
    settle();
  }

  /// Moves to the last element whose subkey is not greater than this.
  public void seekForPrev(Slice subkey) {
    forward = false;
    stored.seekForPrev(engineKey(subkey));
    readStored();
    ownNext = own.floorEntry(subkey);
    settle();
  }

  public void seekToFirst() {
    seek(new Slice());
  }

  public void seekToLast() {
    forward = false;
    stored.seekForPrev(end);
    if (stored.isValid() && stored.key().contentEquals(end)) {
      stored.prev();
    }
    readStored();
    ownNext = own.lastEntry();
    settle();
  }

  /// Needs [#isValid()].
  public void next() {
    if (!forward) {
      seek(key().copy());
    }
    step();
  }

  /// Needs [#isValid()].
  public void prev() {
    if (forward) {
      seekForPrev(key().copy());
    }
    step();
  }

  /// The subkey.
  public Slice key() {
    return ownIsCurrent ? ownEntry().getKey() : storedSubkey;
  }

  public Slice value() {
    return ownIsCurrent ? ownEntry().getValue() : stored.value();
  }

  @Override
  public void close() {
    stored.close();
  }

  /// Lays an element that was written later over the others, for the seeks to come.
  void show(Slice subkey, Slice value) {
    own.put(subkey.copy(), value.copy());
  }

  /// Hides an element that was removed later.
  void hide(Slice subkey) {
    own.put(subkey.copy(), DELETED);
  }

  private void step() {
    if (ownIsCurrent) {
      stepOwn();
    } else {
      stepStored();
    }
    settle();
  }

  /// Decides which side is next, skipping what the execution has deleted or replaced.
  private void settle() {
    ownIsCurrent = false;
    while (true) {
      while (onStored && hidden.holds(storedSubkey)) {
        stepStored();
      }
      Map.Entry<Slice, Slice> mine = ownNext;
      if (mine == null) {
        return;
      }
      int order = onStored ? mine.getKey().compareTo(storedSubkey) : -1;
      if (onStored && order != 0 && (order > 0) == forward) {
        return;
      }
      if (onStored && order == 0) {
        stepStored();
      }
      if (!isDeleted(mine.getValue())) {
        ownIsCurrent = true;
        return;
      }
      stepOwn();
    }
  }

  private void stepOwn() {
    Slice at = ownEntry().getKey();
    ownNext = forward ? own.higherEntry(at) : own.lowerEntry(at);
  }

  private void stepStored() {
    if (forward) {
      stored.next();
    } else {
      stored.prev();
    }
    readStored();
  }

  private void readStored() {
    onStored = false;
    if (stored.isValid() && stored.key().startsWith(prefix)) {
      Slice key = stored.key();
      onStored = true;
      storedSubkey.set(
          key.segment(), key.offset() + prefix.length(), key.length() - prefix.length());
    }
  }

  private Slice engineKey(Slice subkey) {
    seekKey.clear();
    seekKey.putBytes(prefix);
    seekKey.putBytes(subkey);
    return seekKey.slice(seekSlice);
  }

  private Map.Entry<Slice, Slice> ownEntry() {
    Map.Entry<Slice, Slice> mine = ownNext;
    if (mine == null) {
      throw new IllegalStateException("the walk stands nowhere");
    }
    return mine;
  }

  @SuppressWarnings("ReferenceEquality") // one object stands for all deletes
  private static boolean isDeleted(Slice value) {
    return value == DELETED;
  }

  private NavigableMap<Slice, Slice> ownElements(WriteBatch batch) {
    TreeMap<Slice, Slice> elements = new TreeMap<>();
    batch.visit(
        new BatchVisitor() {
          @Override
          public void put(Slice key, Slice value) {
            if (key.startsWith(prefix)) {
              elements.put(subkeyOf(key), value.copy());
            }
          }

          @Override
          public void delete(Slice key) {
            if (key.startsWith(prefix)) {
              elements.put(subkeyOf(key), DELETED);
            }
          }

          @Override
          public void deleteRange(Slice start, Slice end) {
            if (start.startsWith(prefix)) {
              Slice from = subkeyOf(start);
              Slice to = end.startsWith(prefix) ? subkeyOf(end) : null;
              hidden.add(from, to);
              (to == null ? elements.tailMap(from, true) : elements.subMap(from, true, to, false))
                  .clear();
            }
          }
        });
    return elements;
  }

  private Slice subkeyOf(Slice key) {
    return new Slice(key.segment(), key.offset() + prefix.length(), key.length() - prefix.length())
        .copy();
  }
}
