package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.EncodingLimits;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// Changes a hash: any number of changes, then [#finish()], without another lookup of a key in the same
/// database in between.
///
/// A hash is a `listpack` until one of Redis' limits is passed, then a `hashtable` for the rest of its
/// life. It lies in its header while it is a listpack, or small all the same; then it is spread over
/// elements for the rest of its life.
public final class HashEditor {

  private final Database db;
  private final Slice key;
  private final @Nullable KeyEntry old;
  private final EncodingLimits limits;
  private final long expiryMillis;
  private final long sizeBefore;
  private final long innerBefore;
  private int encoding;
  private long objectId;
  private Fields fields;
  private boolean changed;

  /// Fields that were removed because their time had passed.
  private int passed;

  /// @param freshExpiryMillis when the key of a hash that is new expires
  private HashEditor(Database db, Slice key, @Nullable KeyEntry old, long freshExpiryMillis) {
    this.db = db;
    this.key = key;
    this.old = old;
    this.limits = db.access().keyspace().encodingLimits();
    if (old == null) {
      encoding = HashFormat.LISTPACK;
      objectId = KeyEntry.NO_OBJECT;
      expiryMillis = freshExpiryMillis;
      fields = PackedFields.empty();
      innerBefore = KeyEntry.NO_EXPIRY;
    } else {
      encoding = old.encoding();
      objectId = old.objectId();
      expiryMillis = old.expiryMillis();
      innerBefore = old.innerDeadlineMillis();
      fields =
          old.isSpread()
              ? new SpreadFields(
                  db.elements(objectId),
                  new ByteCursor(old.payload()).readVarint(),
                  innerBefore,
                  db.nowMillis())
              : PackedFields.of(old.payload());
    }
    sizeBefore = fields.size();
    if (old != null && !old.isSpread() && old.hasPassedPartsAt(db.nowMillis())) {
      removePassed(Integer.MAX_VALUE);
    }
  }

  /// Opens the hash of a key, an empty one if there is none.
  ///
  /// @throws io.varve.server.keyspace.RefusedException if the key holds something else
  public static HashEditor open(Database db, Slice key) {
    HashEditor hash = open(db, key, Hashes.checked(db.findForWrite(key)));
    if (hash.passed > 0 && hash.size() == 0) {
      hash.finish();
      return open(db, key, null);
    }
    return hash;
  }

  /// Opens what a lookup has found.
  static HashEditor open(Database db, Slice key, @Nullable KeyEntry old) {
    return new HashEditor(db, key, old, KeyEntry.NO_EXPIRY);
  }

  /// A new hash for a key of which a lookup has shown that it holds nothing.
  ///
  /// @param expiryMillis milliseconds since the epoch, or [KeyEntry#NO_EXPIRY]
  public static HashEditor create(Database db, Slice key, long expiryMillis) {
    return new HashEditor(db, key, null, expiryMillis);
  }

  /// Removes fields whose time has passed, so many at most. Returns how many.
  final int removePassed(int limit) {
    int removed = fields.removePassed(db.nowMillis(), limit);
    passed += removed;
    changed |= removed > 0;
    return removed;
  }

  /// Says what is about to be put, so that a hash that must become a hashtable does so first: as Redis
  /// does, by the number of fields given, whether they are new or not.
  ///
  /// @param fieldCount how many
  /// @param longestBytes bytes of the longest field or value
  public void expect(long fieldCount, int longestBytes) {
    if (fieldCount > limits.hashEntries() || longestBytes > limits.hashValueBytes()) {
      becomeHashtable();
    }
  }

  /// Number of fields.
  public long size() {
    return fields.size();
  }

  /// Whether there is a field.
  ///
  /// @param valueOut pointed at its value if there is; valid until the next change
  public boolean find(Slice field, Slice valueOut) {
    if (!fields.find(field)) {
      return false;
    }
    valueOut.set(fields.value());
    return true;
  }

  /// When the field that was found last expires, or [KeyEntry#NO_EXPIRY].
  public long expiryMillis() {
    return fields.expiryMillis();
  }

  /// Adds or replaces a field, which does not expire then; true if it was added.
  ///
  /// @throws io.varve.server.keyspace.RefusedException if the field is too long
  public boolean put(Slice field, Slice value) {
    return put(field, value, KeyEntry.NO_EXPIRY);
  }

  /// Adds or replaces a field, which expires as before.
  ///
  /// @throws io.varve.server.keyspace.RefusedException if the field is too long
  public void putKeepingExpiry(Slice field, Slice value) {
    put(field, value, fields.find(field) ? fields.expiryMillis() : KeyEntry.NO_EXPIRY);
  }

  /// Lets the field that was found last expire at another time, or never.
  ///
  /// @param millis since the epoch, not passed; or [KeyEntry#NO_EXPIRY]
  public void setExpiry(Slice field, long millis) {
    beginDeadlines();
    put(field, fields.value().copy(), millis);
  }

  /// Lets fields expire: a listpack is one with deadlines from now on, also if none does.
  public void beginDeadlines() {
    if (encoding == HashFormat.LISTPACK) {
      encoding = HashFormat.LISTPACK_WITH_DEADLINES;
    }
  }

  /// Adds or replaces a field; true if it was added. After [#beginDeadlines()] if it expires.
  ///
  /// @param fieldExpiryMillis milliseconds since the epoch, not passed; or [KeyEntry#NO_EXPIRY]
  /// @throws io.varve.server.keyspace.RefusedException if the field is too long
  public boolean put(Slice field, Slice value, long fieldExpiryMillis) {
    HashedElements.requireLength(field, "hash field");
    changed = true;
    if (Math.max(field.length(), value.length()) > limits.hashValueBytes()) {
      becomeHashtable();
    }
    if (fields instanceof PackedFields packed
        && packed.byteSize() + PackedFields.entryBytes(field, value, fieldExpiryMillis)
            > roomBytes()) {
      spread(packed);
    }
    boolean added = fields.put(field, value, fieldExpiryMillis);
    if (fields.size() > limits.hashEntries()) {
      becomeHashtable();
    }
    return added;
  }

  /// Removes a field; false if there was none.
  public boolean remove(Slice field) {
    boolean removed = fields.remove(field);
    changed |= removed;
    return removed;
  }

  /// Stores what has changed; a hash without fields goes with its key.
  public void finish() {
    if (!changed) {
      return;
    }
    if (passed > 0) {
      db.event(KeyEventClass.HASH, "hexpired", key);
    }
    if (fields.size() == 0) {
      if (old != null) {
        db.remove(key, old);
        db.event(KeyEventClass.GENERIC, "del", key);
      }
      return;
    }
    long inner = encoding == HashFormat.LISTPACK ? KeyEntry.NO_EXPIRY : fields.earliestMillis();
    if (fields instanceof SpreadFields && isHeaderAsBefore(inner)) {
      db.touch(key);
      return;
    }
    GrowableBuffer payload = db.beginValue(ValueType.HASH, encoding, expiryMillis, objectId, inner);
    if (fields instanceof PackedFields packed) {
      packed.encode(payload);
    } else {
      payload.putVarint(fields.size());
    }
    db.store(key, old);
  }

  private boolean isHeaderAsBefore(long inner) {
    return old != null
        && old.objectId() == objectId
        && fields.size() == sizeBefore
        && inner == innerBefore;
  }

  private void becomeHashtable() {
    encoding = HashFormat.HASHTABLE;
    if (fields instanceof PackedFields packed && packed.byteSize() > roomBytes()) {
      spread(packed);
    }
  }

  /// Bytes that the fields may take in the header.
  private int roomBytes() {
    return encoding == HashFormat.HASHTABLE
        ? limits.inlineBytes()
        : EncodingLimits.HEADER_BYTES_MAX;
  }

  private void spread(PackedFields packed) {
    encoding = HashFormat.HASHTABLE;
    objectId = db.newObjectId();
    SpreadFields spread =
        new SpreadFields(db.elements(objectId), 0, KeyEntry.NO_EXPIRY, db.nowMillis());
    PackedFieldWalk walk = packed.walkAll();
    while (walk.advance()) {
      spread.add(walk.name(), walk.value(), walk.expiryMillis());
    }
    fields = spread;
  }
}
