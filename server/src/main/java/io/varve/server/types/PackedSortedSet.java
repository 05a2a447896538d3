package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A small sorted set: all of it in the header, in the order of the rank keys.
///
/// ```
/// payload := number of elements (varint), { length (varint), rank key }
/// ```
final class PackedSortedSet extends SortedSetBody {

  private final ArrayList<Slice> keys = new ArrayList<>();

  /// An empty set.
  PackedSortedSet() {}

  /// @param keys in order, of distinct members
  static PackedSortedSet ofSorted(List<Slice> keys) {
    PackedSortedSet set = new PackedSortedSet();
    set.keys.addAll(keys);
    return set;
  }

  /// @param payload copied
  PackedSortedSet(Slice payload) {
    Slice bytes = payload.copy();
    ByteCursor cursor = new ByteCursor(bytes);
    try {
      long count = cursor.readVarint();
      for (long i = 0; i < count; i++) {
        Slice key = new Slice();
        cursor.readLengthPrefixed(key);
        if (key.length() < RankKey.SCORE_BYTES) {
          throw malformed("an element of " + key.length() + " bytes");
        }
        keys.add(key);
      }
    } catch (ByteCursor.MalformedException _) {
      throw malformed("a payload of " + payload.length() + " bytes");
    }
  }

  @Override
  long size() {
    return keys.size();
  }

  @Override
  double score(Slice member) {
    Slice other = new Slice();
    for (int i = 0; i < keys.size(); i++) {
      if (RankKey.member(keys.get(i), other).contentEquals(member)) {
        return RankKey.score(keys.get(i));
      }
    }
    return Double.NaN;
  }

  @Override
  long countBefore(Slice position) {
    int found = Collections.binarySearch(keys, position);
    return found < 0 ? -found - 1 : found;
  }

  @Override
  RankWalk walk() {
    return new Walk();
  }

  @Override
  ScoredWalk memberWalk() {
    return new PackedScoredWalk(keys);
  }

  @Override
  void put(Slice member, double oldScore, double score) {
    if (!Double.isNaN(oldScore)) {
      remove(member, oldScore);
    }
    Slice key = RankKey.of(score, member);
    keys.add((int) countBefore(key), key);
  }

  @Override
  void remove(Slice member, double score) {
    keys.remove((int) countBefore(RankKey.of(score, member)));
  }

  @Override
  void removeRange(Slice from, Slice to, long count) {
    int first = (int) countBefore(from);
    keys.subList(first, first + (int) count).clear();
  }

  @Override
  void finish() {}

  @Override
  void writePayload(GrowableBuffer out) {
    out.putVarint(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      out.putLengthPrefixed(keys.get(i));
    }
  }

  private static CorruptionException malformed(String found) {
    return new CorruptionException("keyspace", 0, "expected a sorted set, found " + found);
  }

  private final class Walk implements RankWalk {
    private int at = -1;

    @Override
    public boolean isValid() {
      return at >= 0 && at < keys.size();
    }

    @Override
    public void seek(Slice position) {
      at = (int) countBefore(position);
    }

    @Override
    public void seekBefore(Slice position) {
      at = (int) countBefore(position) - 1;
    }

    @Override
    public void seekRank(long rank) {
      at = (int) rank;
    }

    @Override
    public void next() {
      at++;
    }

    @Override
    public void prev() {
      at--;
    }

    @Override
    public Slice key() {
      return keys.get(at);
    }

    @Override
    public void close() {}
  }
}
