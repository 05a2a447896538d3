package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import org.jspecify.annotations.Nullable;

/// A hash for reading, as a lookup has found it. Fields whose time has passed do not show.
///
/// Valid until the execution writes or ends.
public final class HashView {

  private final long nowMillis;
  private final Slice payload = new Slice();
  private final ByteCursor cursor = new ByteCursor();

  /// Fields that are stored, those whose time has passed included.
  private final long stored;

  private final @Nullable HashedElements elements;

  private HashView(Database db, KeyEntry entry) {
    nowMillis = db.nowMillis();
    payload.set(entry.payload());
    stored = cursor.set(payload).readVarint();
    elements = entry.isSpread() ? new HashedElements(db.elements(entry.objectId())) : null;
  }

  /// Looks a hash up; null if there is none.
  ///
  /// @throws io.varve.server.keyspace.RefusedException if the key holds something else
  public static @Nullable HashView find(Database db, Slice key) {
    KeyEntry entry = Hashes.checked(db.find(key));
    return entry == null ? null : new HashView(db, entry);
  }

  /// Number of fields.
  public long size() {
    return stored;
  }

  /// Whether there is a field.
  ///
  /// @param valueOut pointed at its value if there is
  public boolean find(Slice field, Slice valueOut) {
    if (elements == null) {
      PackedFieldWalk walk = packed();
      if (!walk.find(field) || walk.hasPassed()) {
        return false;
      }
      valueOut.set(walk.value());
      return true;
    }
    if (!elements.find(field, valueOut)) {
      return false;
    }
    FieldValue found = new FieldValue();
    found.decode(valueOut);
    valueOut.set(found.bytes());
    return !found.hasPassed(nowMillis);
  }

  /// Walks the fields; the caller closes it.
  public FieldWalk walk() {
    return elements == null ? packed() : new SpreadFieldWalk(elements.walk(), stored, nowMillis);
  }

  private PackedFieldWalk packed() {
    return PackedFieldWalk.behind(cursor, payload, nowMillis);
  }
}
