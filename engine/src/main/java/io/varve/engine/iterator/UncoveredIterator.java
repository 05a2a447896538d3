package io.varve.engine.iterator;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.KeyRange;
import io.varve.engine.range.KeySpan;
import io.varve.engine.range.RangeCover;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Walks the entries of a layer that no range tombstone deletes, in both directions.
///
/// A tombstone of a younger layer deletes every entry it covers, whatever its sequence number, since
/// layers are ordered by age key by key. So the walk does not look at such entries: it leaps, with one
/// seek, to where the cover ends, be there ten entries or ten million. Blocks in between are not read.
/// A tombstone of the same layer deletes only what is older than itself; there the walk leaps if the
/// layer says that nothing newer lies in the span, and else goes step by step.
///
/// Made only where there are range tombstones; a view without any pays nothing. What a tombstone says
/// holds for a span of keys and is remembered until the walk leaves it.
///
/// Owns its source: closing it closes that. Belongs to one thread.
public final class UncoveredIterator implements EntryIterator {

  /// Before all versions of a key, in internal order.
  private static final long BEFORE_VERSIONS = -1L;

  private static final Slice FIRST_KEY = new Slice();

  private final EntryIterator source;
  private final RangeCover[] younger;
  private final @Nullable RangeCover own;
  private final long sequence;

  /// What the younger layers together say of the keys around.
  private final KeySpan above = new KeySpan();

  private final KeySpan here = new KeySpan();
  private final KeySpan answer = new KeySpan();
  private final KeySpan gap = new KeySpan();
  private boolean valid;

  /// @param source taken over, to be closed with this iterator
  /// @param younger the covers of all younger layers that have range tombstones, in any order
  /// @param own the cover of the source's own layer, null if it has no range tombstones
  /// @param sequence range tombstones above it do not count
  public UncoveredIterator(
      EntryIterator source,
      List<? extends RangeCover> younger,
      @Nullable RangeCover own,
      long sequence) {
    this.source = source;
    this.younger = younger.toArray(new RangeCover[0]);
    this.own = own;
    this.sequence = sequence;
    above.forget();
    here.forget();
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public void seekToFirst() {
    valid = false;
    if (isDeletedAbove(FIRST_KEY)) {
      leapForward();
    } else {
      source.seekToFirst();
    }
    settleForward();
  }

  @Override
  public void seekToLast() {
    valid = false;
    source.seekToLast();
    settleBackward();
  }

  @Override
  public void seek(Slice userKey, long trailer) {
    valid = false;
    if (isDeletedAbove(userKey)) {
      leapForward();
    } else {
      source.seek(userKey, trailer);
    }
    settleForward();
  }

  @Override
  public void seekForPrev(Slice userKey, long trailer) {
    valid = false;
    if (isDeletedAbove(userKey)) {
      source.seekForPrev(above.from(), BEFORE_VERSIONS);
    } else {
      source.seekForPrev(userKey, trailer);
    }
    settleBackward();
  }

  @Override
  public void next() {
    assert valid;
    valid = false;
    source.next();
    settleForward();
  }

  @Override
  public void prev() {
    assert valid;
    valid = false;
    source.prev();
    settleBackward();
  }

  @Override
  public Slice userKey() {
    return source.userKey();
  }

  @Override
  public long trailer() {
    return source.trailer();
  }

  @Override
  public Slice value() {
    return source.value();
  }

  @Override
  public int level() {
    return source.level();
  }

  @Override
  public void close() {
    valid = false;
    source.close();
  }

  private void settleForward() {
    while (source.isValid()) {
      if (isDeletedAbove(source.userKey())) {
        leapForward();
      } else if (!isDeletedHere()) {
        valid = true;
        return;
      } else if (here.sequence() > here.newestEntry()) {
        source.seek(here.to(), BEFORE_VERSIONS);
      } else {
        source.next();
      }
    }
  }

  private void settleBackward() {
    while (source.isValid()) {
      if (isDeletedAbove(source.userKey())) {
        source.seekForPrev(above.from(), BEFORE_VERSIONS);
      } else if (!isDeletedHere()) {
        valid = true;
        return;
      } else if (here.sequence() > here.newestEntry()) {
        source.seekForPrev(here.from(), BEFORE_VERSIONS);
      } else {
        source.prev();
      }
    }
  }

  /// From inside a covered span to behind it and behind the covered spans that follow without a gap,
  /// which costs a look at the tombstones each and one seek for all.
  private void leapForward() {
    Slice to = above.to();
    while (!to.contentEquals(KeyRange.END) && isDeletedAbove(to)) {
      to = above.to();
    }
    source.seek(to, BEFORE_VERSIONS);
  }

  private boolean isDeletedAbove(Slice key) {
    if (younger.length == 0) {
      return false;
    }
    if (!above.contains(key)) {
      locateAbove(key);
    }
    return above.isCovered();
  }

  private void locateAbove(Slice key) {
    // Should a cover throw, nothing is remembered.
    above.forget();
    gap.reset();
    for (RangeCover cover : younger) {
      cover.locate(key, sequence, answer);
      if (answer.isCovered()) {
        above.set(answer);
        return;
      }
      gap.beginAt(answer.from());
      gap.endAt(answer.to());
    }
    above.set(gap);
  }

  private boolean isDeletedHere() {
    RangeCover cover = own;
    if (cover == null) {
      return false;
    }
    Slice key = source.userKey();
    if (!here.contains(key)) {
      here.forget();
      cover.locate(key, sequence, answer);
      here.set(answer);
    }
    return source.sequence() < here.sequence();
  }
}
