package io.varve.engine.version;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.sstable.CachePolicy;
import io.varve.engine.sstable.SstableReader;
import io.varve.engine.sstable.TableCache;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Walks the tables of a run, or some of them, one after the other; at most one is open at a time.
///
/// Tables are disjoint and hold all versions of a key together, so the first table whose largest key
/// reaches a key is the only one where a seek to it can land, or the next one's start is the answer.
/// The caller keeps the files alive by holding the version. Belongs to one thread.
public final class RunIterator implements EntryIterator {

  private final List<TableMetadata> tables;
  private final TableCache cache;
  private final ReadContext context;
  private final int level;
  private final CachePolicy policy;

  private @Nullable EntryIterator current;
  private int currentIndex = -1;

  /// @param tables disjoint, in key order
  /// @param level level of the run, for counting
  public RunIterator(
      List<TableMetadata> tables,
      TableCache cache,
      ReadContext context,
      int level,
      CachePolicy policy) {
    this.tables = tables;
    this.cache = cache;
    this.context = context;
    this.level = level;
    this.policy = policy;
  }

  @Override
  public boolean isValid() {
    EntryIterator table = current;
    return table != null && table.isValid();
  }

  @Override
  public void seekToFirst() {
    if (open(0)) {
      standing().seekToFirst();
      skipForward();
    } else {
      close();
    }
  }

  @Override
  public void seekToLast() {
    if (open(tables.size() - 1)) {
      standing().seekToLast();
      skipBackward();
    } else {
      close();
    }
  }

  @Override
  public void seek(Slice userKey, long trailer) {
    if (open(firstReaching(userKey))) {
      standing().seek(userKey, trailer);
      skipForward();
    } else {
      close();
    }
  }

  @Override
  public void seekForPrev(Slice userKey, long trailer) {
    if (open(Math.min(firstReaching(userKey), tables.size() - 1))) {
      standing().seekForPrev(userKey, trailer);
      skipBackward();
    } else {
      close();
    }
  }

  @Override
  public void next() {
    standing().next();
    skipForward();
  }

  @Override
  public void prev() {
    standing().prev();
    skipBackward();
  }

  @Override
  public Slice userKey() {
    return standing().userKey();
  }

  @Override
  public long trailer() {
    return standing().trailer();
  }

  @Override
  public Slice value() {
    return standing().value();
  }

  @Override
  public int level() {
    return level;
  }

  @Override
  public void close() {
    EntryIterator table = current;
    current = null;
    currentIndex = -1;
    if (table != null) {
      table.close();
    }
  }

  private void skipForward() {
    while (!standing().isValid() && open(currentIndex + 1)) {
      standing().seekToFirst();
    }
  }

  private void skipBackward() {
    while (!standing().isValid() && open(currentIndex - 1)) {
      standing().seekToLast();
    }
  }

  private EntryIterator standing() {
    EntryIterator table = current;
    if (table == null) {
      throw new IllegalStateException("the iterator stands nowhere");
    }
    return table;
  }

  /// Makes a table the current one. False, and nothing changed, if there is none at that index.
  private boolean open(int index) {
    if (index == currentIndex) {
      return current != null;
    }
    if (index < 0 || index >= tables.size()) {
      return false;
    }
    close();
    SstableReader reader = cache.acquire(tables.get(index).fileNumber(), context, level);
    try {
      current = reader.iterator(context, level, policy);
      currentIndex = index;
    } finally {
      // The iterator holds a reference of its own.
      reader.release();
    }
    return true;
  }

  private int firstReaching(Slice userKey) {
    int low = 0;
    int high = tables.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (tables.get(middle).endsBefore(userKey)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
