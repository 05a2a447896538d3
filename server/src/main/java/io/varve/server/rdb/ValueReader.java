package io.varve.server.rdb;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.EncodingLimits;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.types.HashEditor;
import io.varve.server.types.NewList;
import io.varve.server.types.RankKey;
import io.varve.server.types.SetEditor;
import io.varve.server.types.SortedSet;
import io.varve.server.types.Strings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Stores the value of a payload under a key, in the encoding that Redis gives it when it loads it.
///
/// What the payload says is checked while it is read, so a part may have been written when it turns out
/// to be malformed: the command fails then, and what it has written is dropped.
public final class ValueReader {

  /// Least bytes of a string.
  private static final int STRING_BYTES_MIN = 1;

  private static final int BINARY_SCORE_BYTES = 8;

  /// Redis keeps expiries of fields in 46 bits.
  private static final long EXPIRY_MILLIS_END = 1L << 46;

  private final Database db;
  private final Slice key;
  private final long expiryMillis;
  private final EncodingLimits limits;
  private final RdbReader in;

  private ValueReader(Database db, Slice key, long expiryMillis, RdbReader in) {
    this.db = db;
    this.key = key;
    this.expiryMillis = expiryMillis;
    this.limits = db.access().keyspace().encodingLimits();
    this.in = in;
  }

  /// Stores a value under a key of which a lookup has shown that it holds nothing.
  ///
  /// @param in a payload, from its first byte on
  /// @param expiryMillis milliseconds since the epoch, not passed; or [KeyEntry#NO_EXPIRY]
  /// @throws RefusedException if the payload does not follow the format, or is too much
  public static void restore(Database db, Slice key, RdbReader in, long expiryMillis) {
    try {
      new ValueReader(db, key, expiryMillis, in).read();
    } catch (MalformedPayloadException _) {
      throw new RefusedException("ERR Bad data format");
    }
  }

  private void read() {
    int type = in.readByte();
    switch (type) {
      case RdbFormat.STRING -> Strings.set(db, key, null, in.readString(), expiryMillis);
      case RdbFormat.LIST -> readList();
      case RdbFormat.LIST_ZIPLIST -> readListZiplist();
      case RdbFormat.LIST_QUICKLIST -> readQuicklist(false);
      case RdbFormat.LIST_QUICKLIST_2 -> readQuicklist(true);
      case RdbFormat.SET -> readSet();
      case RdbFormat.SET_INTSET -> readIntset();
      case RdbFormat.SET_LISTPACK -> readSetListpack();
      case RdbFormat.SORTED_SET -> readSortedSet(false);
      case RdbFormat.SORTED_SET_2 -> readSortedSet(true);
      case RdbFormat.SORTED_SET_ZIPLIST -> readSortedSet(new ZiplistEntries(in.readString()));
      case RdbFormat.SORTED_SET_LISTPACK -> readSortedSet(new ListpackEntries(in.readString()));
      case RdbFormat.HASH -> readHash();
      case RdbFormat.HASH_ZIPMAP -> readHash(new ZipmapEntries(in.readString()));
      case RdbFormat.HASH_ZIPLIST -> readHash(new ZiplistEntries(in.readString()));
      case RdbFormat.HASH_LISTPACK -> readHash(new ListpackEntries(in.readString()));
      case RdbFormat.HASH_EXPIRING -> readExpiringHash();
      case RdbFormat.HASH_LISTPACK_EXPIRING -> readExpiringListpack();
      case RdbFormat.STREAM, RdbFormat.STREAM_2, RdbFormat.STREAM_3 ->
          new StreamReader(db, in, type).read(key, expiryMillis);
      default -> throw new MalformedPayloadException("a value of type " + type);
    }
  }

  private void readList() {
    NewList list = new NewList(db, key, expiryMillis);
    for (long left = in.readCount(STRING_BYTES_MIN); left > 0; left--) {
      list.add(in.readString());
    }
    finish(list, true);
  }

  private void readListZiplist() {
    NewList list = new NewList(db, key, expiryMillis);
    addAll(new ZiplistEntries(in.readString()), list);
    finish(list, false);
  }

  private void readQuicklist(boolean listpacks) {
    NewList list = new NewList(db, key, expiryMillis);
    long nodes = in.readCount(STRING_BYTES_MIN);
    boolean onePiece = nodes == 1;
    for (long left = nodes; left > 0; left--) {
      long container = listpacks ? in.readLength() : RdbFormat.NODE_PACKED;
      Slice node = in.readString();
      if (container == RdbFormat.NODE_PLAIN && !node.isEmpty()) {
        list.add(node);
        onePiece = false;
      } else if (container == RdbFormat.NODE_PACKED) {
        addAll(listpacks ? new ListpackEntries(node) : new ZiplistEntries(node), list);
      } else {
        throw new MalformedPayloadException("a node of kind " + container);
      }
    }
    finish(list, onePiece);
  }

  private static void addAll(PackedEntries entries, NewList list) {
    while (entries.next()) {
      list.add(entries.entry());
    }
  }

  private static void finish(NewList list, boolean onePiece) {
    requireSome(list.length());
    list.finish(onePiece);
  }

  private void readSet() {
    long count = in.readCount(STRING_BYTES_MIN);
    requireSome(count);
    SetEditor set = SetEditor.create(db, key, expiryMillis);
    if (count > limits.setIntsetEntries()) {
      set.beginHashtable();
    }
    for (long left = count; left > 0; left--) {
      requireNew(set.add(in.readString()));
    }
    set.finish();
  }

  /// ```
  /// intset := bytes of a number, 2, 4 or 8 (4), numbers (4), number ..., ascending
  /// ```
  private void readIntset() {
    Slice bytes = in.readString();
    if (bytes.length() < 8) {
      throw new MalformedPayloadException("an intset of " + bytes.length() + " bytes");
    }
    int width = bytes.segment().get(Layouts.INT_LE, bytes.offset());
    long count = bytes.segment().get(Layouts.INT_LE, bytes.offset() + 4) & 0xffffffffL;
    if ((width != 2 && width != 4 && width != 8) || bytes.length() - 8 != width * count) {
      throw new MalformedPayloadException(count + " numbers of " + width + " bytes");
    }
    requireSome(count);
    SetEditor set = SetEditor.create(db, key, expiryMillis);
    if (count > limits.setIntsetEntries()) {
      set.beginHashtable();
    }
    long before = 0;
    for (int i = 0; i < count; i++) {
      long at = bytes.offset() + 8 + (long) i * width;
      long number =
          switch (width) {
            case 2 -> bytes.segment().get(Layouts.SHORT_LE, at);
            case 4 -> bytes.segment().get(Layouts.INT_LE, at);
            default -> bytes.segment().get(Layouts.LONG_LE, at);
          };
      if (i > 0 && number <= before) {
        throw new MalformedPayloadException("numbers that do not ascend");
      }
      before = number;
      set.add(Slice.of(Long.toString(number)));
    }
    set.finish();
  }

  private void readSetListpack() {
    ListpackEntries entries = new ListpackEntries(in.readString());
    SetEditor set = SetEditor.create(db, key, expiryMillis);
    set.beginListpack();
    while (entries.next()) {
      requireNew(set.add(entries.entry()));
    }
    requireSome(set.size());
    set.finish();
  }

  private void readSortedSet(boolean binaryScores) {
    ScoredElements elements = new ScoredElements();
    int bytesMin = STRING_BYTES_MIN + (binaryScores ? BINARY_SCORE_BYTES : 1);
    for (long left = in.readCount(bytesMin); left > 0; left--) {
      Slice member = in.readString();
      elements.add(member, binaryScores ? in.readBinaryScore() : in.readTextScore());
    }
    elements.store();
  }

  private void readSortedSet(PackedEntries entries) {
    ScoredElements elements = new ScoredElements();
    while (entries.next()) {
      Slice member = entries.entry();
      elements.add(member, entries.requireScore());
    }
    elements.store();
  }

  /// What a sorted set will consist of.
  private final class ScoredElements {
    private final List<Slice> rankKeys = new ArrayList<>();
    private final Set<Slice> members = new HashSet<>();

    void add(Slice member, double score) {
      requireNew(members.add(member));
      rankKeys.add(RankKey.of(score, member));
    }

    void store() {
      requireSome(rankKeys.size());
      SortedSet.store(db, key, null, rankKeys, expiryMillis);
    }
  }

  private void readHash() {
    long count = in.readCount(2 * STRING_BYTES_MIN);
    requireSome(count);
    HashEditor hash = HashEditor.create(db, key, expiryMillis);
    hash.expect(count, 0);
    for (long left = count; left > 0; left--) {
      Slice field = in.readString();
      requireNew(hash.put(field, in.readString()));
    }
    hash.finish();
  }

  private void readHash(PackedEntries entries) {
    HashEditor hash = HashEditor.create(db, key, expiryMillis);
    while (entries.next()) {
      Slice field = entries.entry();
      requireNew(hash.put(field, entries.require()));
    }
    requireSome(hash.size());
    hash.finish();
  }

  /// ```
  /// hash := first expiry (8), fields, { 0 | expiry - first + 1, field, value }
  /// ```
  private void readExpiringHash() {
    long first = in.readMillis();
    long count = in.readCount(3 * STRING_BYTES_MIN);
    requireSome(count);
    HashEditor hash = HashEditor.create(db, key, expiryMillis);
    hash.beginDeadlines();
    hash.expect(count, 0);
    Set<Slice> passed = new HashSet<>();
    for (long left = count; left > 0; left--) {
      long distance = in.readLength();
      Slice field = in.readString();
      long expiry = distance == 0 ? KeyEntry.NO_EXPIRY : first + distance - 1;
      put(hash, field, in.readString(), expiry, passed);
    }
    hash.finish();
  }

  /// ```
  /// hash := first expiry (8), listpack of { field, value, 0 | expiry }
  /// ```
  private void readExpiringListpack() {
    in.readMillis();
    ListpackEntries entries = new ListpackEntries(in.readString());
    HashEditor hash = HashEditor.create(db, key, expiryMillis);
    hash.beginDeadlines();
    Set<Slice> passed = new HashSet<>();
    while (entries.next()) {
      Slice field = entries.entry();
      Slice value = entries.require();
      long expiry = entries.requireNumber();
      put(hash, field, value, expiry == 0 ? KeyEntry.NO_EXPIRY : expiry, passed);
    }
    requireSome(hash.size() + passed.size());
    hash.finish();
  }

  /// Adds a field unless its time has passed.
  private void put(HashEditor hash, Slice field, Slice value, long expiry, Set<Slice> passed) {
    if (expiry != KeyEntry.NO_EXPIRY && (expiry < 0 || expiry >= EXPIRY_MILLIS_END)) {
      throw new MalformedPayloadException("a field that expires at " + expiry);
    }
    if (expiry != KeyEntry.NO_EXPIRY && expiry <= db.nowMillis()) {
      requireNew(passed.add(field));
    } else {
      requireNew(!passed.contains(field) && hash.put(field, value, expiry));
    }
  }

  private static void requireSome(long count) {
    if (count == 0) {
      throw new MalformedPayloadException("an empty value");
    }
  }

  private static void requireNew(boolean added) {
    if (!added) {
      throw new MalformedPayloadException("an element that is there twice");
    }
  }
}
