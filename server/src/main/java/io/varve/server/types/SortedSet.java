package io.varve.server.types;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.Elements;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.keyspace.SortedSetLimits;
import io.varve.server.keyspace.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The sorted set of a key, for one execution: looked up, read or changed, and stored by [#save()].
///
/// Members are unique and ordered by score, then by their bytes. Small sets are packed into the header,
/// larger ones spread over elements; a set that has been spread stays so.
public final class SortedSet implements ScoredMembers {

  private final Database db;
  private final Slice key;
  private final @Nullable KeyEntry old;
  private final long expiryMillis;
  private final SortedSetLimits limits;
  private SortedSetBody body;

  /// What the header says; -1 for nothing that could stay.
  private long storedSize = -1;

  private int storedHeight;

  private SortedSet(
      Database db,
      Slice key,
      @Nullable KeyEntry old,
      long expiryMillis,
      SortedSetLimits limits,
      SortedSetBody body) {
    this.db = db;
    this.key = key;
    this.old = old;
    this.expiryMillis = expiryMillis;
    this.limits = limits;
    this.body = body;
    if (body instanceof SpreadSortedSet spread) {
      storedSize = spread.size();
      storedHeight = spread.height();
    }
  }

  /// Looks a set up for reading; null if there is none.
  ///
  /// @throws RefusedException if the key holds something else
  public static @Nullable SortedSet find(Database db, Slice key) {
    KeyEntry entry = new KeyEntry();
    return db.find(key, entry) ? read(db, key, entry) : null;
  }

  /// Looks a set up before changing it; null if there is none.
  ///
  /// @throws RefusedException if the key holds something else
  public static @Nullable SortedSet findForWrite(Database db, Slice key) {
    KeyEntry entry = new KeyEntry();
    return db.findForWrite(key, entry) ? read(db, key, entry) : null;
  }

  /// A new set for a key that [#findForWrite] found empty.
  public static SortedSet create(Database db, Slice key) {
    return new SortedSet(db, key, null, KeyEntry.NO_EXPIRY, limits(db), new PackedSortedSet());
  }

  /// Stores elements under a key, whatever it held; without elements, removes what it held.
  ///
  /// @param rankKeys of distinct members
  /// @param event as in `zunionstore`
  public static void store(Database db, Slice key, List<Slice> rankKeys, String event) {
    KeyEntry entry = new KeyEntry();
    KeyEntry old = db.findForWrite(key, entry) ? entry : null;
    if (rankKeys.isEmpty()) {
      if (old != null) {
        db.remove(key, old);
        db.event(KeyEventClass.GENERIC, "del", key);
      }
      return;
    }
    store(db, key, old, rankKeys, KeyEntry.NO_EXPIRY);
    db.event(KeyEventClass.SORTED_SET, event, key);
  }

  /// Stores elements under a key that was looked up by [Database#findForWrite].
  ///
  /// @param old what was found, of any type; null if nothing was
  /// @param rankKeys of distinct members, at least one; put into order
  /// @param expiryMillis milliseconds since the epoch, or [KeyEntry#NO_EXPIRY]
  /// @throws RefusedException if a member is too long
  public static void store(
      Database db, Slice key, @Nullable KeyEntry old, List<Slice> rankKeys, long expiryMillis) {
    SortedSetLimits limits = limits(db);
    boolean packed = rankKeys.size() <= limits.packedEntries();
    for (Slice rankKey : rankKeys) {
      int memberBytes = rankKey.length() - RankKey.SCORE_BYTES;
      requireLength(memberBytes);
      packed &= memberBytes <= limits.packedMemberBytes();
    }
    List<Slice> sorted = new ArrayList<>(rankKeys);
    Collections.sort(sorted);
    if (packed) {
      PackedSortedSet body = PackedSortedSet.ofSorted(sorted);
      body.writePayload(db.beginValue(ValueType.SORTED_SET, SortedSetFormat.PACKED, expiryMillis));
    } else {
      Elements elements = db.elements(db.newObjectId());
      SpreadSortedSet body = SpreadSortedSet.ofSorted(elements, limits.indexFanOut(), sorted);
      body.writePayload(
          db.beginValue(
              ValueType.SORTED_SET, SortedSetFormat.SPREAD, expiryMillis, elements.objectId()));
    }
    db.store(key, old);
  }

  /// What OBJECT ENCODING says of a sorted set.
  public static String encodingName(KeyEntry entry) {
    return entry.encoding() == SortedSetFormat.PACKED ? "listpack" : "skiplist";
  }

  /// A set of an entry that was looked up.
  ///
  /// @throws RefusedException if the entry is something else
  public static SortedSet read(Database db, Slice key, KeyEntry entry) {
    SortedSetLimits limits = limits(db);
    if (entry.type() != ValueType.SORTED_SET) {
      throw RefusedException.wrongType();
    }
    SortedSetBody body =
        entry.isSpread()
            ? new SpreadSortedSet(
                db.elements(entry.objectId()), limits.indexFanOut(), entry.payload())
            : new PackedSortedSet(entry.payload());
    return new SortedSet(db, key, entry, entry.expiryMillis(), limits, body);
  }

  @Override
  public long size() {
    return body.size();
  }

  @Override
  public double score(Slice member) {
    return body.score(member);
  }

  @Override
  public void forEach(Visitor visitor) {
    Slice member = new Slice();
    try (RankWalk walk = walk()) {
      walk.seek(RankKey.START);
      while (walk.isValid()
          && visitor.visit(RankKey.member(walk.key(), member), RankKey.score(walk.key()))) {
        walk.next();
      }
    }
  }

  /// Number of elements in front of a position; of a [RankKey] its rank.
  public long countBefore(Slice position) {
    return body.countBefore(position);
  }

  /// The caller closes it.
  public RankWalk walk() {
    return body.walk();
  }

  /// Walks the members in an order that other writes leave as it is. The caller closes it.
  public ScoredWalk memberWalk() {
    return body.memberWalk();
  }

  /// Adds a member or gives it another score.
  ///
  /// @param oldScore what [#score] says; NaN adds
  /// @throws RefusedException if the member is too long
  public void put(Slice member, double oldScore, double score) {
    requireLength(member.length());
    if (body instanceof PackedSortedSet
        && Double.isNaN(oldScore)
        && (body.size() + 1 > limits.packedEntries()
            || member.length() > limits.packedMemberBytes())) {
      spread();
    }
    body.put(member, oldScore, score);
  }

  /// Removes a member.
  ///
  /// @param score what [#score] says
  public void remove(Slice member, double score) {
    body.remove(member, score);
  }

  /// Removes the elements between two positions.
  ///
  /// @param count how many there are
  public void removeRange(Slice from, Slice to, long count) {
    body.removeRange(from, to, count);
  }

  /// Stores the set after changes; an empty one is removed with its key.
  public void save() {
    KeyEntry before = old;
    if (body.size() == 0) {
      if (before != null) {
        db.remove(key, before);
      }
      return;
    }
    body.finish();
    if (body instanceof SpreadSortedSet spread) {
      if (spread.size() == storedSize && spread.height() == storedHeight && !spread.boundsMoved()) {
        db.touch(key);
        return;
      }
      write(
          db.beginValue(
              ValueType.SORTED_SET, SortedSetFormat.SPREAD, expiryMillis, spread.objectId()));
    } else {
      write(db.beginValue(ValueType.SORTED_SET, SortedSetFormat.PACKED, expiryMillis));
    }
  }

  private void write(GrowableBuffer value) {
    body.writePayload(value);
    db.store(key, old);
  }

  private static void requireLength(int memberBytes) {
    if (memberBytes > SortedSetFormat.MEMBER_BYTES_MAX) {
      throw new RefusedException(
          "ERR a member of a sorted set has at most "
              + SortedSetFormat.MEMBER_BYTES_MAX
              + " bytes");
    }
  }

  private static SortedSetLimits limits(Database db) {
    return db.access().keyspace().sortedSetLimits();
  }

  private void spread() {
    SpreadSortedSet spread =
        new SpreadSortedSet(db.elements(db.newObjectId()), limits.indexFanOut());
    try (RankWalk walk = body.walk()) {
      walk.seek(RankKey.START);
      while (walk.isValid()) {
        spread.put(RankKey.member(walk.key()), Double.NaN, RankKey.score(walk.key()));
        walk.next();
      }
    }
    body = spread;
  }
}
