package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// A set for reading, as a lookup has found it. Several may be open at a time.
///
/// Valid until the execution writes or ends; [#detached()] gives one that outlives writes.
public final class SetView {

  private final int encoding;
  private final Slice payload;
  private final ByteCursor cursor = new ByteCursor();
  private final long size;

  /// One of these if the set is spread or an intset.
  private final @Nullable HashedElements elements;

  private final @Nullable Intset intset;
  private final Slice ignored = new Slice();

  private SetView(int encoding, Slice payload, @Nullable HashedElements elements) {
    this.encoding = encoding;
    this.payload = payload;
    this.elements = elements;
    this.intset = encoding == SetFormat.INTSET ? new Intset(payload) : null;
    this.size = intset != null ? intset.size() : cursor.set(payload).readVarint();
  }

  /// Looks a set up for reading; null if there is none.
  ///
  /// @throws io.varve.server.keyspace.RefusedException if the key holds something else
  public static @Nullable SetView find(Database db, Slice key) {
    return of(db, Sets.checked(db.find(key)));
  }

  /// Looks a set up before changing it or another key; null if there is none.
  ///
  /// @throws io.varve.server.keyspace.RefusedException if the key holds something else
  public static @Nullable SetView findForWrite(Database db, Slice key) {
    return of(db, Sets.checked(db.findForWrite(key)));
  }

  private static @Nullable SetView of(Database db, @Nullable KeyEntry entry) {
    return entry == null ? null : open(db, entry);
  }

  /// A set that a lookup has found.
  public static SetView open(Database db, KeyEntry entry) {
    assert entry.type() == ValueType.SET;
    return new SetView(
        entry.encoding(),
        new Slice().set(entry.payload()),
        entry.isSpread() ? new HashedElements(db.elements(entry.objectId())) : null);
  }

  /// The same set, for a command that writes while it reads.
  public SetView detached() {
    return new SetView(encoding, payload.copy(), elements);
  }

  /// Number of members, not 0.
  public long size() {
    return size;
  }

  /// Whether all members are numbers, and come in ascending order.
  public boolean isIntset() {
    return intset != null;
  }

  public boolean contains(Slice member) {
    if (intset != null) {
      return Decimals.isLong(member) && intset.contains(Decimals.parseLong(member));
    }
    return elements == null ? packed().find(member) : elements.find(member, ignored);
  }

  /// Walks the members; the caller closes it.
  public CollectionWalk walk() {
    if (intset != null) {
      return new IntsetWalk(intset);
    }
    return elements == null ? packed() : new SpreadMemberWalk(elements.walk(), size);
  }

  private PackedMemberWalk packed() {
    return PackedMemberWalk.behind(cursor, payload);
  }
}
