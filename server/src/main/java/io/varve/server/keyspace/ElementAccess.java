package io.varve.server.keyspace;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.key.Lookup;

/// The elements of all objects, as an access reads and writes them; [Elements] are those of one.
/// Belongs to one [KeyspaceAccess].
final class ElementAccess {

  private final KeyspaceAccess access;
  private final WriteBatch batch;
  private final EngineKeys keys;

  ElementAccess(KeyspaceAccess access, WriteBatch batch, EngineKeys keys) {
    this.access = access;
    this.batch = batch;
    this.keys = keys;
  }

  boolean find(int physicalId, long objectId, Slice subkey, Slice valueOut) {
    if (subkey.length() > KeyspaceFormat.SUBKEY_BYTES_MAX) {
      return false;
    }
    Slice engineKey = keys.element(physicalId, objectId, subkey);
    if (objectId > access.sequence()) {
      // An object of this execution: no table has anything of it.
      return batch.find(engineKey, valueOut) == Lookup.FOUND;
    }
    return access.lookup(engineKey, valueOut) == Lookup.FOUND;
  }

  void put(int physicalId, long objectId, Slice subkey, Slice value) {
    requireRoom(subkey, value.length());
    batch.put(keys.element(physicalId, objectId, subkey), value);
  }

  void remove(int physicalId, long objectId, Slice subkey) {
    requireRoom(subkey, 0);
    batch.delete(keys.element(physicalId, objectId, subkey));
  }

  void removeRange(int physicalId, long objectId, Slice from, Slice to) {
    requireRoom(from, to.length());
    batch.deleteRange(
        keys.element(physicalId, objectId, from).copy(), keys.element(physicalId, objectId, to));
  }

  /// Removes all elements of an object, in constant time.
  void removeAll(int physicalId, long objectId) {
    access.requireWritable();
    batch.deleteRange(
        KeyspaceFormat.elementPrefix(physicalId, objectId),
        KeyspaceFormat.elementPrefix(physicalId, objectId + 1));
  }

  ElementWalk walk(int physicalId, long objectId) {
    return new ElementWalk(access.iterator(), batch, physicalId, objectId);
  }

  private void requireRoom(Slice subkey, int valueBytes) {
    access.requireWritable();
    if (subkey.length() > KeyspaceFormat.SUBKEY_BYTES_MAX) {
      throw new RefusedException(
          "ERR element is longer than " + KeyspaceFormat.SUBKEY_BYTES_MAX + " bytes");
    }
    access.requireRoomInBatch((long) subkey.length() + valueBytes);
  }
}
