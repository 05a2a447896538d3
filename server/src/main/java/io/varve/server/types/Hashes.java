package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// What is said of hashes as a whole. Stateless.
public final class Hashes {

  /// Fields that one call removes at most from a large hash.
  private static final int PASSED_PER_CALL = 256;

  private Hashes() {}

  /// What OBJECT ENCODING says of a hash.
  public static String encodingName(KeyEntry entry) {
    return switch (entry.encoding()) {
      case HashFormat.LISTPACK -> "listpack";
      case HashFormat.LISTPACK_WITH_DEADLINES -> "listpackex";
      default -> "hashtable";
    };
  }

  /// Removes fields whose time has passed; what the keyspace calls as an
  /// [io.varve.server.keyspace.InnerExpiry].
  public static int removePassed(Database db, Slice key, KeyEntry entry) {
    HashEditor hash = HashEditor.open(db, key, checked(entry));
    int removed = hash.removePassed(PASSED_PER_CALL);
    hash.finish();
    return removed;
  }

  /// @throws RefusedException if the entry is no hash
  static @Nullable KeyEntry checked(@Nullable KeyEntry entry) {
    if (entry != null && entry.type() != ValueType.HASH) {
      throw RefusedException.wrongType();
    }
    return entry;
  }
}
