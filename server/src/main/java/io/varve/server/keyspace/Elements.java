package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;
import org.jspecify.annotations.Nullable;

/// The parts of a value that has outgrown its header: an ordered map from subkeys to values, which the
/// header names by an object id.
///
/// What a subkey means is the type's affair. An object belongs to one header at a time and goes with it:
/// whatever removes or replaces the header ([Database#remove], [Database#replace],
/// [Database#overwrite]) also deletes all elements, by one range tombstone however many there are. Only
/// [Database#release] leaves them, for a header that moves to another key. Writes must be followed by
/// a write of the header, or by [Database#touch] where the header stays as it is, so that those who
/// watch the key learn of it.
///
/// Belongs to a [KeyspaceAccess] and its thread, and to one execution.
public final class Elements {

  /// Longest subkey, in bytes: what the engine takes as a key, less what stands in front.
  public static final int SUBKEY_BYTES_MAX = KeyspaceFormat.SUBKEY_BYTES_MAX;

  private final ElementAccess access;
  private final int physicalId;
  private final long objectId;

  Elements(ElementAccess access, int physicalId, long objectId) {
    if (objectId == KeyEntry.NO_OBJECT) {
      throw new IllegalArgumentException("a value that is its header alone has no elements");
    }
    this.access = access;
    this.physicalId = physicalId;
    this.objectId = objectId;
  }

  public long objectId() {
    return objectId;
  }

  /// Whether there is an element.
  ///
  /// @param valueOut pointed at its value if there is; valid until the access ends or its batch changes
  /// @throws io.varve.engine.error.NotInMemoryException if the execution may not wait for the disk and
  ///     would have to
  public boolean find(Slice subkey, Slice valueOut) {
    return access.find(physicalId, objectId, subkey, valueOut);
  }

  /// Adds or replaces an element.
  ///
  /// @throws RefusedException if the subkey is longer than [#SUBKEY_BYTES_MAX] or the execution writes
  ///     too much
  public void put(Slice subkey, Slice value) {
    access.put(physicalId, objectId, subkey, value);
  }

  /// Removes an element; nothing happens if there is none, but a tombstone is written.
  public void remove(Slice subkey) {
    access.remove(physicalId, objectId, subkey);
  }

  /// Removes the elements from one subkey up to another by one range tombstone.
  ///
  /// @param from first subkey
  /// @param to end, not included
  public void removeRange(Slice from, Slice to) {
    if (from.compareTo(to) < 0) {
      access.removeRange(physicalId, objectId, from, to);
    }
  }

  /// Walks the elements in the order of their subkeys, as they are now: what the execution writes
  /// afterwards does not show. The caller closes it.
  public ElementWalk walk() {
    return access.walk(physicalId, objectId);
  }

  /// As [#walk()], but the seeks see what is written afterwards, too: after a write the walk is to be
  /// sought anew. The caller closes it.
  public ElementWalk liveWalk() {
    return access.liveWalk(physicalId, objectId);
  }

  /// Seeks and steps that all walks of the access have made so far, and writes of their own executions that
  /// they have looked through: for whoever measures what an operation costs.
  public long walkMoves() {
    return access.walkMoves();
  }

  /// Remembers that there is an element, for [#findHint]; only the command loop does.
  public void rememberHint(Slice subkey) {
    access.rememberHint(objectId, subkey);
  }

  /// A hint has proved wrong, or will.
  public void forgetHint(Slice subkey) {
    access.forgetHint(objectId, subkey);
  }

  /// The greatest subkey that is remembered and not greater than another; null if there is none. It is a
  /// guess: the element may be gone, or may not be there yet for this execution.
  ///
  /// @param sameBytes how many first bytes must be the same
  public @Nullable Slice findHint(Slice subkey, int sameBytes) {
    return access.findHint(objectId, subkey, sameBytes);
  }

  /// As [#findHint], but of what is less.
  public @Nullable Slice findLowerHint(Slice subkey, int sameBytes) {
    return access.findLowerHint(objectId, subkey, sameBytes);
  }
}
