package io.varve.server.keyspace;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.server.keyspace.OwnWrites.Write;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Walks the elements of one object, or whatever else has keys with a common beginning, in both
/// directions, with what the execution had written when the walk began laid over what the engine holds.
///
/// A new walk stands nowhere until one of the seeks. Slices are valid until the walk moves or closes.
/// Belongs to one thread.
public final class ElementWalk implements AutoCloseable {

  private final KeyValueIterator stored;
  private final OwnWrites.View own;
  private final Slice prefix;
  private final GrowableBuffer seekKey = GrowableBuffer.onHeap(64);
  private final Slice seekSlice = new Slice();
  private final Slice subkey = new Slice();
  private boolean onStored;

  /// The write of the execution that is next on its side; null if there is none.
  private Map.@Nullable Entry<Slice, Write> ownNext;

  private boolean ownIsCurrent;
  private boolean forward = true;

  /// @param stored closed with the walk, as is `own`
  ElementWalk(KeyValueIterator stored, OwnWrites.View own, Slice prefix) {
    this.stored = stored;
    this.own = own;
    this.prefix = prefix;
  }

  public boolean isValid() {
    return ownIsCurrent || onStored;
  }

  /// Moves to the first element whose subkey is not less than this.
  public void seek(Slice wanted) {
    own.refresh();
    forward = true;
    Slice key = engineKey(wanted);
    stored.seek(key);
    readStored();
    ownNext = own.isEmpty() ? null : ofPrefix(own.ceiling(key));
    settle();
  }

  /// Moves to the last element whose subkey is not greater than this.
  public void seekForPrev(Slice wanted) {
    own.refresh();
    forward = false;
    Slice key = engineKey(wanted);
    stored.seekForPrev(key);
    readStored();
    ownNext = own.isEmpty() ? null : ofPrefix(own.floor(key));
    settle();
  }

  public void seekToFirst() {
    seek(new Slice());
  }

  public void seekToLast() {
    own.refresh();
    forward = false;
    Slice end = behindPrefix();
    seekStoredBefore(end);
    ownNext = own.isEmpty() ? null : ofPrefix(own.lower(end));
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
    Slice key = ownIsCurrent ? ownEntry().getKey() : stored.key();
    return subkey.set(
        key.segment(), key.offset() + prefix.length(), key.length() - prefix.length());
  }

  public Slice value() {
    if (!ownIsCurrent) {
      return stored.value();
    }
    Write write = own.shown(ownEntry().getValue());
    Slice value = write == null ? null : write.value();
    if (value == null) {
      throw new IllegalStateException("the walk stands on nothing");
    }
    return value;
  }

  @Override
  public void close() {
    stored.close();
    own.close();
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
    own.countMove();
    ownIsCurrent = false;
    while (true) {
      skipDeletedRanges();
      Map.Entry<Slice, Write> mine = ownNext;
      if (mine == null) {
        return;
      }
      int order = onStored ? mine.getKey().compareTo(stored.key()) : -1;
      if (onStored && order != 0 && (order > 0) == forward) {
        return;
      }
      if (onStored && order == 0) {
        stepStored();
        skipDeletedRanges();
      }
      Write write = own.shown(mine.getValue());
      if (write != null && write.value() != null) {
        ownIsCurrent = true;
        return;
      }
      stepOwn();
    }
  }

  /// Leaves what range tombstones of the execution hide, a range at a time.
  private void skipDeletedRanges() {
    while (onStored) {
      Map.Entry<Slice, Slice> range = own.findRange(stored.key());
      if (range == null) {
        return;
      }
      if (forward) {
        stored.seek(range.getValue());
        readStored();
      } else {
        seekStoredBefore(range.getKey());
      }
    }
  }

  private void seekStoredBefore(Slice key) {
    stored.seekForPrev(key);
    if (stored.isValid() && stored.key().contentEquals(key)) {
      stored.prev();
    }
    readStored();
  }

  private void stepOwn() {
    Slice at = ownEntry().getKey();
    ownNext = ofPrefix(forward ? own.higher(at) : own.lower(at));
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
    onStored = stored.isValid() && stored.key().startsWith(prefix);
  }

  private Map.@Nullable Entry<Slice, Write> ofPrefix(Map.@Nullable Entry<Slice, Write> entry) {
    return entry != null && entry.getKey().startsWith(prefix) ? entry : null;
  }

  private Slice engineKey(Slice wanted) {
    seekKey.clear();
    seekKey.putBytes(prefix);
    seekKey.putBytes(wanted);
    return seekKey.slice(seekSlice);
  }

  /// The first key behind all that begin with the prefix.
  private Slice behindPrefix() {
    byte[] end = prefix.toByteArray();
    int last = end.length - 1;
    while (end[last] == -1) {
      last--;
    }
    end[last]++;
    return Slice.of(Arrays.copyOf(end, last + 1));
  }

  private Map.Entry<Slice, Write> ownEntry() {
    Map.Entry<Slice, Write> mine = ownNext;
    if (mine == null) {
      throw new IllegalStateException("the walk stands nowhere");
    }
    return mine;
  }
}
