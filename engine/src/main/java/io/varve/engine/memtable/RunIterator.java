package io.varve.engine.memtable;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;

/// Walks one sorted run: an index into it.
final class RunIterator implements EntryIterator {

  private final SortedRun run;
  private final Slice key = new Slice();
  private final Slice value = new Slice();

  /// -1 before the first entry and while it stands nowhere; the size of the run behind the last.
  private int index = -1;

  RunIterator(SortedRun run) {
    this.run = run;
  }

  @Override
  public boolean isValid() {
    return index >= 0 && index < run.size();
  }

  @Override
  public void seekToFirst() {
    index = 0;
  }

  @Override
  public void seekToLast() {
    index = run.size() - 1;
  }

  @Override
  public void seek(Slice userKey, long trailer) {
    index = run.indexAtOrAfter(userKey, trailer);
  }

  @Override
  public void seekForPrev(Slice userKey, long trailer) {
    int after = run.indexAtOrAfter(userKey, trailer);
    boolean exact =
        after < run.size() && EntryLayout.compare(run.entry(after), userKey, trailer) == 0;
    index = exact ? after : after - 1;
  }

  @Override
  public void next() {
    assert isValid();
    index++;
  }

  @Override
  public void prev() {
    assert isValid();
    index--;
  }

  @Override
  public Slice userKey() {
    return EntryLayout.key(run.entry(index), key);
  }

  @Override
  public long trailer() {
    return EntryLayout.trailer(run.entry(index));
  }

  @Override
  public Slice value() {
    return EntryLayout.value(run.entry(index), value);
  }

  /// Nothing to let go of: the memory belongs to the memtable.
  @Override
  public void close() {
    index = -1;
  }
}
