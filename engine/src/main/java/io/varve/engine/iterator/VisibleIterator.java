package io.varve.engine.iterator;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.InternalKey;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a snapshot sees of a source of versions: per user key the newest version at or below its
/// sequence number, and nothing where that is a tombstone. Both directions.
///
/// Walking forward, the source stands on the version shown. Walking backward it has to go past it to
/// learn that no newer visible version follows, so it stands before all versions of the key shown, and
/// the value is a copy. The key shown is a copy always ([#current]).
///
/// A value that lies apart is fetched when it is asked for and not before: who wants keys only never
/// reads one.
///
/// A key that was written very often must not make one step long: after
/// [#STEPS_BEFORE_SEEK] versions of one key the source is sought over the rest.
///
/// Owns its source: closing it closes that. Belongs to one thread.
public final class VisibleIterator implements KeyValueIterator {

  /// Versions of one key that are stepped over before a seek is thought to be cheaper.
  static final int STEPS_BEFORE_SEEK = 8;

  /// Before all versions of a key, in internal order.
  private static final long BEFORE_VERSIONS = -1L;

  /// Behind all versions of a key: no entry has sequence number 0 and kind 0.
  private static final long BEHIND_VERSIONS = 0L;

  private final EntryIterator source;
  private final long sequence;
  private final long nowMillis;
  private final LargeValues largeValues;

  /// The key of the source's last entry that was looked at; while valid, the key shown.
  private final Copy current = new Copy();

  private final Copy backwardValue = new Copy();

  /// Whether that copy is a reference, and the level of the table that it is from.
  private boolean backwardIsApart;

  private int backwardLevel;
  private final Slice behindExpiry = new Slice();

  /// A value that lies apart, once it was asked for, and what keeps it. Null when there is none.
  private final Slice fetched = new Slice();

  private ReadContext.@Nullable PinnedBlock fetchedBlock;

  private boolean forward = true;
  private boolean valid;

  /// @param source taken over, to be closed with this iterator
  /// @param sequence the newest sequence number that shows
  /// @param nowMillis what expires then or before does not show
  /// @param largeValues gets the values that lie apart
  public VisibleIterator(
      EntryIterator source, long sequence, long nowMillis, LargeValues largeValues) {
    this.source = source;
    this.sequence = sequence;
    this.nowMillis = nowMillis;
    this.largeValues = largeValues;
  }

  /// As the other one, for sources in which no value lies apart.
  public VisibleIterator(EntryIterator source, long sequence, long nowMillis) {
    this(source, sequence, nowMillis, LargeValues.NONE);
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public void seekToFirst() {
    leave();
    source.seekToFirst();
    settleForward();
  }

  @Override
  public void seekToLast() {
    leave();
    source.seekToLast();
    settleBackward();
  }

  @Override
  public void seek(Slice key) {
    leave();
    source.seek(key, InternalKey.seekTrailer(sequence));
    settleForward();
  }

  @Override
  public void seekForPrev(Slice key) {
    leave();
    source.seekForPrev(key, BEHIND_VERSIONS);
    settleBackward();
  }

  @Override
  public void next() {
    assert valid;
    leave();
    if (forward) {
      source.next();
      skipVersions();
    } else {
      source.seek(current.slice, BEHIND_VERSIONS);
    }
    settleForward();
  }

  @Override
  public void prev() {
    assert valid;
    leave();
    if (forward) {
      source.seekForPrev(current.slice, BEFORE_VERSIONS);
    }
    settleBackward();
  }

  @Override
  public Slice key() {
    assert valid;
    return current.slice;
  }

  @Override
  public Slice value() {
    assert valid;
    if (forward) {
      Slice value = shownValue();
      return source.kind().isApart() ? fetch(value, source.level()) : value;
    }
    return backwardIsApart ? fetch(backwardValue.slice, backwardLevel) : backwardValue.slice;
  }

  @Override
  public void close() {
    leave();
    source.close();
  }

  /// Walks forward from where the source stands, the newest version of some key that it has not
  /// passed any visible version of, to the first entry that shows.
  private void settleForward() {
    forward = true;
    while (source.isValid()) {
      current.take(source.userKey());
      if (!skipInvisible()) {
        continue;
      }
      if (isAlive()) {
        valid = true;
        return;
      }
      source.next();
      skipVersions();
    }
  }

  /// Moves the source forward within the key [#current] to its newest visible version.
  ///
  /// @return whether there is one; if not, the source stands behind the key
  private boolean skipInvisible() {
    int steps = 0;
    while (source.sequence() > sequence) {
      if (++steps > STEPS_BEFORE_SEEK) {
        source.seek(current.slice, InternalKey.seekTrailer(sequence));
      } else {
        source.next();
      }
      if (!source.isValid() || !source.userKey().contentEquals(current.slice)) {
        return false;
      }
    }
    return true;
  }

  /// Moves the source forward behind the versions of the key [#current] that are left.
  private void skipVersions() {
    int steps = 0;
    while (source.isValid() && source.userKey().contentEquals(current.slice)) {
      if (++steps > STEPS_BEFORE_SEEK) {
        source.seek(current.slice, BEHIND_VERSIONS);
        return;
      }
      source.next();
    }
  }

  /// Walks backward from where the source stands, the oldest version of some key, to the first key
  /// that shows, and leaves the source before all versions of it.
  private void settleBackward() {
    forward = false;
    while (source.isValid()) {
      current.take(source.userKey());
      if (takeNewestVisible()) {
        valid = true;
        return;
      }
    }
  }

  /// Moves the source backward over all versions of the key [#current], oldest first, and keeps the
  /// value of the newest visible one.
  ///
  /// @return whether that is a value and not a tombstone or nothing
  private boolean takeNewestVisible() {
    boolean found = false;
    int steps = 0;
    do {
      if (++steps > STEPS_BEFORE_SEEK) {
        // Only if a visible version was seen can there be a newest one to go to.
        if (source.sequence() <= sequence) {
          source.seek(current.slice, InternalKey.seekTrailer(sequence));
          found = takeValue();
        }
        source.seekForPrev(current.slice, BEFORE_VERSIONS);
        return found;
      }
      if (source.sequence() <= sequence) {
        found = takeValue();
      }
      source.prev();
    } while (source.isValid() && source.userKey().contentEquals(current.slice));
    return found;
  }

  private boolean takeValue() {
    if (!isAlive()) {
      return false;
    }
    backwardValue.take(shownValue());
    backwardIsApart = source.kind().isApart();
    backwardLevel = source.level();
    return true;
  }

  /// Whether the entry that the source stands on gives its key a value that still counts.
  private boolean isAlive() {
    EntryKind kind = source.kind();
    if (kind == EntryKind.PUT) {
      return true;
    }
    return kind.isPut() && (!kind.isExpiring() || Expiry.millis(source.value()) > nowMillis);
  }

  /// The value of the source's entry, or its reference.
  private Slice shownValue() {
    Slice value = source.value();
    return source.kind().isExpiring() ? Expiry.valueOf(value, behindExpiry) : value;
  }

  private Slice fetch(Slice reference, int level) {
    if (fetchedBlock == null) {
      fetchedBlock = largeValues.fetch(reference, level, fetched);
    }
    return fetched;
  }

  /// Before every move: the iterator stands nowhere, and holds no value that was fetched.
  private void leave() {
    valid = false;
    ReadContext.PinnedBlock block = fetchedBlock;
    if (block != null) {
      fetchedBlock = null;
      fetched.clear();
      block.unpin();
    }
  }

  /// A copy of bytes, on the heap because an iterator is often made for a handful of steps and
  /// native memory costs more to get than the steps.
  private static final class Copy {

    private static final MemorySegment NONE = MemorySegment.ofArray(new byte[0]);

    private final Slice slice = new Slice();
    private MemorySegment room = NONE;

    void take(Slice bytes) {
      int length = bytes.length();
      if (length > room.byteSize()) {
        room = MemorySegment.ofArray(new byte[Math.max(64, length + length / 4)]);
      }
      bytes.copyTo(room, 0);
      slice.set(room, 0, length);
    }
  }
}
