package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// A hash for reading, as a lookup has found it. Fields whose time has passed do not show.
///
/// Valid until the execution writes or ends.
public final class HashView {

  /// [#expiryMillis(Slice)] of no field.
  public static final long MISSING = -1;

  private final long nowMillis;
  private final Slice payload = new Slice();
  private final ByteCursor cursor = new ByteCursor();

  /// Fields that are stored, those whose time has passed included.
  private final long stored;

  private final @Nullable HashedElements elements;
  private final @Nullable FieldDeadlines deadlines;
  private final boolean somePassed;

  private HashView(Database db, KeyEntry entry) {
    nowMillis = db.nowMillis();
    payload.set(entry.payload());
    stored = cursor.set(payload).readVarint();
    somePassed = entry.hasPassedPartsAt(nowMillis);
    if (entry.isSpread()) {
      Elements spread = db.elements(entry.objectId());
      elements = new HashedElements(spread);
      deadlines = somePassed ? new FieldDeadlines(spread) : null;
    } else {
      elements = null;
      deadlines = null;
    }
  }

  /// Looks a hash up; null if there is none.
  ///
  /// @throws io.varve.server.keyspace.RefusedException if the key holds something else
  public static @Nullable HashView find(Database db, Slice key) {
    KeyEntry entry = Hashes.checked(db.find(key));
    return entry == null ? null : new HashView(db, entry);
  }

  /// A hash that a lookup has found.
  public static HashView of(Database db, KeyEntry entry) {
    assert entry.type() == ValueType.HASH;
    return new HashView(db, entry);
  }

  /// Number of fields.
  public long size() {
    if (!somePassed) {
      return stored;
    }
    if (deadlines != null) {
      return stored - deadlines.countPassed(nowMillis);
    }
    long live = 0;
    PackedFieldWalk walk = packed();
    while (walk.next()) {
      live++;
    }
    return live;
  }

  /// Whether there is a field.
  ///
  /// @param valueOut pointed at its value if there is
  public boolean find(Slice field, Slice valueOut) {
    return findExpiry(field, valueOut) != MISSING;
  }

  /// When a field expires, [KeyEntry#NO_EXPIRY] if never, [#MISSING] if there is none.
  public long expiryMillis(Slice field) {
    return findExpiry(field, new Slice());
  }

  private long findExpiry(Slice field, Slice valueOut) {
    if (elements == null) {
      PackedFieldWalk walk = packed();
      if (!walk.find(field) || walk.hasPassed()) {
        return MISSING;
      }
      valueOut.set(walk.value());
      return walk.expiryMillis();
    }
    if (!elements.find(field, valueOut)) {
      return MISSING;
    }
    FieldValue found = new FieldValue();
    found.decode(valueOut);
    valueOut.set(found.bytes());
    return found.hasPassed(nowMillis) ? MISSING : found.expiryMillis();
  }

  /// Walks the fields; the caller closes it.
  public FieldWalk walk() {
    return elements == null ? packed() : new SpreadFieldWalk(elements.walk(), stored, nowMillis);
  }

  private PackedFieldWalk packed() {
    return PackedFieldWalk.behind(cursor, payload, nowMillis);
  }
}
