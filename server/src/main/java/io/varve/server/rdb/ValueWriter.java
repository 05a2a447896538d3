package io.varve.server.rdb;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.DoubleText;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.ListLimits;
import io.varve.server.types.CollectionWalk;
import io.varve.server.types.Decimals;
import io.varve.server.types.FieldWalk;
import io.varve.server.types.HashView;
import io.varve.server.types.Hashes;
import io.varve.server.types.ListValue;
import io.varve.server.types.ListWalk;
import io.varve.server.types.Lists;
import io.varve.server.types.RankKey;
import io.varve.server.types.RankWalk;
import io.varve.server.types.SetView;
import io.varve.server.types.Sets;
import io.varve.server.types.SortedSet;
import io.varve.server.types.Stream;
import io.varve.server.types.Strings;

/// Writes the value of a key as a payload that Redis from 7.0 on restores, and so do we.
///
/// Walks the value once, element by element: what is held beside the payload is at most a node of a list
/// or stream, which has some kilobytes, or a value that lies in one record.
public final class ValueWriter {

  /// Bytes of a payload around the value itself: its type before, version and checksum behind.
  public static final int FRAME_BYTES = 1 + 2 + 8;

  /// Long strings are copied in pieces of so many bytes.
  private static final int PIECE_BYTES = 1 << 20;

  private final Database db;
  private final Slice key;
  private final KeyEntry entry;
  private final RdbWriter out = new RdbWriter();

  private ValueWriter(Database db, Slice key, KeyEntry entry) {
    this.db = db;
    this.key = key;
    this.entry = entry;
  }

  /// What DUMP answers.
  ///
  /// @param entry what a lookup has found; no other lookup may have it meanwhile
  /// @return valid for ever
  /// @throws io.varve.server.keyspace.RefusedException if that were too much
  public static Slice dump(Database db, Slice key, KeyEntry entry) {
    return new ValueWriter(db, key, entry).write();
  }

  private Slice write() {
    int version = RdbFormat.VERSION_WRITTEN;
    switch (entry.type()) {
      case STRING -> writeString();
      case LIST -> writeList();
      case SET -> writeSet();
      case SORTED_SET -> writeSortedSet();
      case HASH -> {
        if (entry.innerDeadlineMillis() == KeyEntry.NO_EXPIRY) {
          writeHash();
        } else {
          version = RdbFormat.VERSION_OF_FIELD_EXPIRIES;
          writeExpiringHash();
        }
      }
      case STREAM -> new StreamWriter(out).write(Stream.of(db, key, entry));
    }
    return out.seal(version);
  }

  private void writeString() {
    out.putByte(RdbFormat.STRING);
    int length = Strings.length(entry);
    if (length <= PIECE_BYTES) {
      out.putString(Strings.bytes(db, entry));
      return;
    }
    out.putLength(length);
    for (int at = 0; at < length; at += PIECE_BYTES) {
      out.putBytes(Strings.part(db, entry, at, Math.min(PIECE_BYTES, length - at)));
    }
  }

  private void writeList() {
    out.putByte(RdbFormat.LIST_QUICKLIST_2);
    boolean onePiece = Lists.encodingName(entry).equals("listpack");
    ListLimits limits = db.access().keyspace().listLimits();
    ListValue list = Lists.of(db, key, entry);
    int nodesAt = out.reserveLength();
    long nodes = 1;
    ListpackWriter node = new ListpackWriter();
    try (ListWalk walk = list.walk(0, list.length(), true)) {
      while (walk.next()) {
        long bytes = node.byteSize() + 1L + walk.element().length();
        if (!onePiece && node.count() > 0 && limits.isBeyondListpack(bytes, node.count() + 1L)) {
          writeNode(node);
          nodes++;
        }
        node.add(walk.element());
      }
    }
    writeNode(node);
    out.setLength(nodesAt, nodes);
  }

  private void writeNode(ListpackWriter node) {
    out.putLength(RdbFormat.NODE_PACKED);
    out.putString(node.finish());
    node.clear();
  }

  private void writeSet() {
    SetView set = SetView.open(db, entry);
    if (Sets.encodingName(entry).equals("intset")) {
      out.putByte(RdbFormat.SET_INTSET);
      out.putString(intset(set));
      return;
    }
    // A listpack, too: only Redis 7.2 reads sets that are listpacks, and it makes one of this.
    out.putByte(RdbFormat.SET);
    out.putLength(set.size());
    try (CollectionWalk walk = set.walk()) {
      while (walk.next()) {
        out.putString(walk.name());
      }
    }
  }

  private static Slice intset(SetView set) {
    long[] numbers = new long[(int) set.size()];
    int count = 0;
    try (CollectionWalk walk = set.walk()) {
      while (walk.next()) {
        numbers[count++] = Decimals.parseLong(walk.name());
      }
    }
    return IntsetBytes.of(numbers);
  }

  private void writeSortedSet() {
    SortedSet set = SortedSet.read(db, key, entry);
    boolean packed = SortedSet.encodingName(entry).equals("listpack");
    out.putByte(packed ? RdbFormat.SORTED_SET_LISTPACK : RdbFormat.SORTED_SET_2);
    try (RankWalk walk = set.walk()) {
      if (packed) {
        ListpackWriter elements = new ListpackWriter();
        for (walk.seek(RankKey.START); walk.isValid(); walk.next()) {
          elements.add(RankKey.member(walk.key()));
          elements.add(Slice.of(DoubleText.bytes(RankKey.score(walk.key()))));
        }
        out.putString(elements.finish());
        return;
      }
      out.putLength(set.size());
      // The greatest first: so Redis adds each at the head of its skiplist.
      for (walk.seekBefore(RankKey.END); walk.isValid(); walk.prev()) {
        out.putString(RankKey.member(walk.key()));
        out.putScore(RankKey.score(walk.key()));
      }
    }
  }

  private void writeHash() {
    HashView hash = HashView.of(db, entry);
    boolean packed = !Hashes.encodingName(entry).equals("hashtable");
    out.putByte(packed ? RdbFormat.HASH_LISTPACK : RdbFormat.HASH);
    try (FieldWalk walk = hash.walk()) {
      if (packed) {
        ListpackWriter fields = new ListpackWriter();
        while (walk.next()) {
          fields.add(walk.name());
          fields.add(walk.value());
        }
        out.putString(fields.finish());
        return;
      }
      out.putLength(hash.size());
      while (walk.next()) {
        out.putString(walk.name());
        out.putString(walk.value());
      }
    }
  }

  /// As Redis 7.4 does: older versions cannot keep the times of fields, and refuse the payload.
  private void writeExpiringHash() {
    boolean packed = !Hashes.encodingName(entry).equals("hashtable");
    long first = entry.innerDeadlineMillis();
    out.putByte(packed ? RdbFormat.HASH_LISTPACK_EXPIRING : RdbFormat.HASH_EXPIRING);
    out.putMillis(first);
    ListpackWriter fields = new ListpackWriter();
    int countAt = packed ? 0 : out.reserveLength();
    long count = 0;
    try (FieldWalk walk = HashView.of(db, entry).walk()) {
      while (walk.next()) {
        long expiry = walk.expiryMillis();
        boolean expires = expiry != KeyEntry.NO_EXPIRY;
        if (packed) {
          fields.add(walk.name());
          fields.add(walk.value());
          fields.add(expires ? expiry : 0);
        } else {
          out.putLength(expires ? expiry - first + 1 : 0);
          out.putString(walk.name());
          out.putString(walk.value());
          count++;
        }
      }
    }
    if (packed) {
      out.putString(fields.finish());
    } else {
      out.setLength(countAt, count);
    }
  }
}
