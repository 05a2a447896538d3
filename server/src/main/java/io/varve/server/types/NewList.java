package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.bytes.Varint;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.ListLimits;
import io.varve.server.keyspace.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a list from its first element to its last, for a key of which a lookup has shown that it holds
/// nothing. Only the elements of a list that fits into its header are kept until the end.
public final class NewList {

  private final Database db;
  private final Slice key;
  private final long expiryMillis;
  private final ListLimits limits;
  private final Slice subkey = Slice.of(new byte[Long.BYTES]);

  /// What has come while it fits into the header.
  private final List<Slice> inline = new ArrayList<>();

  private long inlineBytes;
  private long count;
  private long packedBytes;

  /// What has come once it does not.
  private @Nullable Elements elements;

  /// @param expiryMillis milliseconds since the epoch, or [KeyEntry#NO_EXPIRY]
  public NewList(Database db, Slice key, long expiryMillis) {
    this.db = db;
    this.key = key;
    this.expiryMillis = expiryMillis;
    this.limits = db.access().keyspace().listLimits();
  }

  /// Adds an element behind the others.
  ///
  /// @param element not written over before [#finish(boolean)]
  public void add(Slice element) {
    packedBytes += Listpack.entryBytes(element);
    inlineBytes += Varint.byteSize(element.length()) + (long) element.length();
    if (elements == null && inlineBytes <= limits.inlineBytesMax()) {
      inline.add(element);
    } else {
      put(spread(), element);
    }
    count++;
  }

  /// Number of elements.
  public long length() {
    return count;
  }

  /// Stores the list, which must not be empty.
  ///
  /// @param onePiece whether the list is called a listpack if its size allows
  public void finish(boolean onePiece) {
    boolean small = onePiece && !limits.isBeyondListpack(Listpack.FRAME_BYTES + packedBytes, count);
    int encoding = small ? ListEncoding.LISTPACK : ListEncoding.QUICKLIST;
    Elements spread = elements;
    if (spread != null) {
      SpreadList.putPayload(
          db.beginValue(ValueType.LIST, encoding, expiryMillis, spread.objectId()),
          count,
          packedBytes,
          SpreadList.FIRST_POSITION);
    } else {
      GrowableBuffer value = db.beginValue(ValueType.LIST, encoding, expiryMillis);
      value.putVarint(count);
      for (int i = 0; i < inline.size(); i++) {
        value.putLengthPrefixed(inline.get(i));
      }
    }
    db.create(key);
  }

  private Elements spread() {
    Elements now = elements;
    if (now == null) {
      now = db.elements(db.newObjectId());
      elements = now;
      for (int i = 0; i < inline.size(); i++) {
        now.put(SpreadList.subkey(subkey, SpreadList.FIRST_POSITION + i), inline.get(i));
      }
      inline.clear();
    }
    return now;
  }

  private void put(Elements into, Slice element) {
    into.put(SpreadList.subkey(subkey, SpreadList.FIRST_POSITION + count), element);
  }
}
