package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// How lists are found. Stateless.
public final class Lists {

  private Lists() {}

  /// Looks a list up for reading; null if there is none.
  ///
  /// @throws RefusedException if the key holds something else
  public static @Nullable ListValue find(Database db, Slice key) {
    return opened(db, key, db.find(key));
  }

  /// Looks a list up before changing it; null if there is none. Valid until the database looks up
  /// another key.
  ///
  /// @throws RefusedException if the key holds something else
  public static @Nullable ListValue findForWrite(Database db, Slice key) {
    return opened(db, key, db.findForWrite(key));
  }

  /// As [#findForWrite(Database, Slice)], valid as long as the entry.
  ///
  /// @param into takes what the key holds
  public static @Nullable ListValue findForWrite(Database db, Slice key, KeyEntry into) {
    return opened(db, key, db.findForWrite(key, into) ? into : null);
  }

  /// A list of a key that holds nothing; not stored until something is pushed.
  public static ListValue create(Database db, Slice key) {
    return InlineList.create(db, key);
  }

  /// Number of elements of the list that a key holds, 0 if there is none.
  ///
  /// @throws RefusedException if the key holds something else
  public static long length(Database db, Slice key) {
    KeyEntry entry = db.find(key);
    if (entry == null) {
      return 0;
    }
    requireList(entry);
    try {
      return new ByteCursor(entry.payload()).readVarint();
    } catch (ByteCursor.MalformedException malformed) {
      throw new CorruptionException("keyspace", 0, "a list, but " + malformed.getMessage());
    }
  }

  /// What OBJECT ENCODING says of a list.
  public static String encodingName(KeyEntry entry) {
    return ListEncoding.name(entry.encoding());
  }

  /// A list that a lookup has found, valid as long as the entry.
  ///
  /// @throws RefusedException if the entry is something else
  public static ListValue of(Database db, Slice key, KeyEntry entry) {
    requireList(entry);
    return entry.isSpread() ? SpreadList.of(db, key, entry) : InlineList.of(db, key, entry);
  }

  private static @Nullable ListValue opened(Database db, Slice key, @Nullable KeyEntry entry) {
    return entry == null ? null : of(db, key, entry);
  }

  private static void requireList(KeyEntry entry) {
    if (entry.type() != ValueType.LIST) {
      throw RefusedException.wrongType();
    }
  }
}
