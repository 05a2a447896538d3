package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Elements;

/// The fields of a hash that is spread over elements: what is changed is written at once.
final class SpreadFields implements Fields {

  private final HashedElements elements;
  private final GrowableBuffer element = GrowableBuffer.onHeap(64);
  private final Slice elementSlice = new Slice();
  private final Slice found = new Slice();
  private final FieldValue value = new FieldValue();
  private long size;

  /// @param size number of stored fields
  SpreadFields(Elements elements, long size) {
    this.elements = new HashedElements(elements);
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean find(Slice field) {
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
    boolean isNew = !find(field);
    add(field, newValue, expiryMillis, isNew);
    return isNew;
  }

  /// Writes a field of which it is known whether it is there.
  void add(Slice field, Slice newValue, long expiryMillis, boolean isNew) {
    element.clear();
    FieldValue.encode(newValue, expiryMillis, element);
    elements.put(field, element.slice(elementSlice));
    size += isNew ? 1 : 0;
  }

  @Override
  public boolean remove(Slice field) {
    if (!find(field)) {
      return false;
    }
    elements.remove(field);
    size--;
    return true;
  }
}
