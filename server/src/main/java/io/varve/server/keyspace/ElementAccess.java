package io.varve.server.keyspace;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.key.Lookup;
import org.jspecify.annotations.Nullable;

/// The elements of all objects, as an access reads and writes them; [Elements] are those of one.
/// Belongs to one [KeyspaceAccess].
final class ElementAccess {

  private final KeyspaceAccess access;
  private final WriteBatch batch;
  private final OwnWrites own;
  private final EngineKeys keys;

  ElementAccess(KeyspaceAccess access, WriteBatch batch, OwnWrites own, EngineKeys keys) {
    this.access = access;
    this.batch = batch;
    this.own = own;
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
    batch.deleteRange(prefix(physicalId, objectId), prefix(physicalId, objectId + 1));
  }

  /// Of what is there now.
  ElementWalk walk(int physicalId, long objectId) {
    return new ElementWalk(access.iterator(), own.view(), prefix(physicalId, objectId));
  }

  /// Also of what will have been written when it seeks.
  ElementWalk liveWalk(int physicalId, long objectId) {
    return new ElementWalk(access.iterator(), own.liveView(), prefix(physicalId, objectId));
  }

  long walkMoves() {
    return own.moves();
  }

  /// Remembers a subkey, if this is the command loop's access: a command that is rehearsed must find the
  /// hints that it will find on the loop, or it would bring other blocks into memory than the loop asks
  /// for, again and again.
  void rememberHint(long objectId, Slice subkey) {
    if (access.isWriter()) {
      access.keyspace().subkeyHints().remember(objectId, subkey);
    }
  }

  /// As [#rememberHint].
  void forgetHint(long objectId, Slice subkey) {
    if (access.isWriter()) {
      access.keyspace().subkeyHints().forget(objectId, subkey);
    }
  }

  @Nullable Slice findHint(long objectId, Slice subkey, int sameBytes) {
    return access.keyspace().subkeyHints().findFloor(objectId, subkey, sameBytes);
  }

  @Nullable Slice findLowerHint(long objectId, Slice subkey, int sameBytes) {
    return access.keyspace().subkeyHints().findLower(objectId, subkey, sameBytes);
  }

  private void requireRoom(Slice subkey, int valueBytes) {
    access.requireWritable();
    if (subkey.length() > KeyspaceFormat.SUBKEY_BYTES_MAX) {
      throw new RefusedException(
          "ERR element is longer than " + KeyspaceFormat.SUBKEY_BYTES_MAX + " bytes");
    }
    access.requireRoomInBatch((long) subkey.length() + valueBytes);
  }

  private static Slice prefix(int physicalId, long objectId) {
    return KeyspaceFormat.elementPrefix(physicalId, objectId);
  }
}
