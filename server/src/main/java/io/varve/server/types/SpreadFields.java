package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.KeyEntry;
import java.util.List;

/// The fields of a hash that is spread over elements: what is changed is written at once.
final class SpreadFields implements Fields {

  private final HashedElements elements;
  private final FieldDeadlines deadlines;
  private final long nowMillis;
  private final GrowableBuffer element = GrowableBuffer.onHeap(64);
  private final Slice elementSlice = new Slice();
  private final Slice found = new Slice();
  private final FieldValue value = new FieldValue();
  private long size;
  private long earliestMillis;

  /// The field that [#earliestMillis] was of is gone.
  private boolean earliestGone;

  /// @param size number of stored fields
  /// @param earliestMillis when the first of them expires, or [KeyEntry#NO_EXPIRY]
  SpreadFields(Elements elements, long size, long earliestMillis, long nowMillis) {
    this.elements = new HashedElements(elements);
    this.deadlines = new FieldDeadlines(elements);
    this.size = size;
    this.earliestMillis = earliestMillis;
    this.nowMillis = nowMillis;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean find(Slice field) {
    return locate(field) && !value.hasPassed(nowMillis);
  }

  private boolean locate(Slice field) {
    if (!elements.find(field, found)) {
      return false;
    }
    value.decode(found);
    return true;
  }

  @Override
  public Slice value() {
    return value.bytes();
  }

  @Override
  public long expiryMillis() {
    return value.expiryMillis();
  }

  @Override
  public boolean put(Slice field, Slice newValue, long expiryMillis) {
    boolean stored = locate(field);
    boolean isNew = !stored || value.hasPassed(nowMillis);
    write(field, newValue, expiryMillis, stored ? value.expiryMillis() : KeyEntry.NO_EXPIRY);
    size += stored ? 0 : 1;
    return isNew;
  }

  /// Adds a field of which it is known that it is not stored.
  void add(Slice field, Slice newValue, long expiryMillis) {
    write(field, newValue, expiryMillis, KeyEntry.NO_EXPIRY);
    size++;
  }

  private void write(Slice field, Slice newValue, long expiryMillis, long oldExpiryMillis) {
    // Before anything is written: the new value may be the old one, which moves with the batch.
    element.clear();
    FieldValue.encode(newValue, expiryMillis, element);
    elements.put(field, element.slice(elementSlice));
    if (oldExpiryMillis != expiryMillis) {
      removeDeadline(field, oldExpiryMillis);
      if (expiryMillis != KeyEntry.NO_EXPIRY) {
        deadlines.put(field, expiryMillis);
        if (earliestMillis == KeyEntry.NO_EXPIRY || expiryMillis < earliestMillis) {
          earliestMillis = expiryMillis;
          earliestGone = false;
        }
      }
    }
  }

  @Override
  public boolean remove(Slice field) {
    if (!find(field)) {
      return false;
    }
    removeStored(field);
    return true;
  }

  /// Removes the field that was located last.
  private void removeStored(Slice field) {
    long expiry = value.expiryMillis();
    elements.remove(field);
    removeDeadline(field, expiry);
    size--;
  }

  private void removeDeadline(Slice field, long expiryMillis) {
    if (expiryMillis != KeyEntry.NO_EXPIRY) {
      deadlines.remove(field, expiryMillis);
      earliestGone |= expiryMillis == earliestMillis;
    }
  }

  @Override
  public int removePassed(long now, int limit) {
    List<Slice> passed = deadlines.passed(now, limit);
    int removed = 0;
    for (Slice field : passed) {
      if (locate(field) && value.hasPassed(now)) {
        removeStored(field);
        removed++;
      }
    }
    return removed;
  }

  @Override
  public long earliestMillis() {
    if (earliestGone) {
      earliestMillis = deadlines.first();
      earliestGone = false;
    }
    return earliestMillis;
  }
}
