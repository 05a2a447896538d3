package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.ElementWalk;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.RefusedException;

/// The elements of a large collection without an order of its own, by name: the fields of a hash, the
/// members of a set.
///
/// ```
/// subkey := 1 (1), hash of the name (8, big-endian), name
/// ```
///
/// In the order of hashes a random element is found by seeking a random number, and a position of
/// HSCAN or SSCAN is a number that means the same after any writes and a restart. A type may keep other
/// subkeys with a first byte greater than 1.
final class HashedElements {

  /// First byte of a subkey. Lies on disk: never renumber.
  static final int TAG = 1;

  /// Bytes in front of the name.
  static final int PREFIX_BYTES = 1 + Long.BYTES;

  /// Longest name, in bytes.
  static final int NAME_BYTES_MAX = Elements.SUBKEY_BYTES_MAX - PREFIX_BYTES;

  private final Elements elements;
  private final GrowableBuffer subkey = GrowableBuffer.onHeap(64);
  private final Slice subkeySlice = new Slice();

  HashedElements(Elements elements) {
    this.elements = elements;
  }

  /// Refuses names that could not be an element's.
  static void requireLength(Slice name, String what) {
    if (name.length() > NAME_BYTES_MAX) {
      throw new RefusedException("ERR " + what + " is longer than " + NAME_BYTES_MAX + " bytes");
    }
  }

  /// @param valueOut pointed at the value if there is one; see [Elements#find]
  boolean find(Slice name, Slice valueOut) {
    return name.length() <= NAME_BYTES_MAX && elements.find(subkey(name), valueOut);
  }

  void put(Slice name, Slice value) {
    elements.put(subkey(name), value);
  }

  void remove(Slice name) {
    elements.remove(subkey(name));
  }

  Walk walk() {
    return new Walk(elements.walk());
  }

  private Slice subkey(Slice name) {
    subkey.clear();
    subkey.putByte(TAG);
    subkey.putLongBigEndian(name.hash());
    subkey.putBytes(name);
    return subkey.slice(subkeySlice);
  }

  /// Walks the elements in the order of their hashes. A new walk stands nowhere.
  static final class Walk implements AutoCloseable {

    private final ElementWalk walk;
    private final GrowableBuffer seekKey = GrowableBuffer.onHeap(PREFIX_BYTES);
    private final Slice seekSlice = new Slice();
    private final Slice name = new Slice();

    private Walk(ElementWalk walk) {
      this.walk = walk;
    }

    /// Moves to the first element at a position or behind it.
    ///
    /// @param position 0 to the greatest long
    void seek(long position) {
      seekKey.clear();
      seekKey.putByte(TAG);
      seekKey.putLongBigEndian(position << 1);
      walk.seek(seekKey.slice(seekSlice));
    }

    boolean isValid() {
      return walk.isValid() && walk.key().get(0) == TAG;
    }

    void next() {
      walk.next();
    }

    Slice name() {
      Slice key = walk.key();
      return name.set(key.segment(), key.offset() + PREFIX_BYTES, key.length() - PREFIX_BYTES);
    }

    Slice value() {
      return walk.value();
    }

    /// Where the element stands: the hash without its last bit, so that no client takes it for a
    /// negative number. Few elements, mostly one, share a position.
    long position() {
      Slice key = walk.key();
      return key.segment().get(io.varve.engine.bytes.Layouts.LONG_BE, key.offset() + 1) >>> 1;
    }

    @Override
    public void close() {
      walk.close();
    }
  }
}
