package io.varve.engine.memtable;

import java.util.Arrays;

/// A growing list of entry addresses, without a box around each.
final class AddressList {

  private long[] addresses;
  private int size;

  AddressList(int expected) {
    addresses = new long[Math.max(16, expected)];
  }

  void add(long address) {
    if (size == addresses.length) {
      addresses = Arrays.copyOf(addresses, size + size / 2);
    }
    addresses[size++] = address;
  }

  int size() {
    return size;
  }

  /// The addresses, in an array of exactly their number. The list must not be used afterwards.
  long[] toArray() {
    return size == addresses.length ? addresses : Arrays.copyOf(addresses, size);
  }
}
