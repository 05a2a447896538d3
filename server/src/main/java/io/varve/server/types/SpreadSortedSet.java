package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Hash64;
import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.server.keyspace.ElementWalk;
import io.varve.server.keyspace.Elements;
import java.util.List;
import java.util.TreeMap;

/// A large sorted set: each member is an element in the member space, found by its hash, and one in the
/// score space, in the order of the set; a [RankIndex] counts them.
///
/// ```
/// payload := size (varint), height of the index (varint), RankBounds
/// ```
/// What changes in the index is collected and written by [#finish()], so that many changes to one part of
/// the set cost one write of the nodes above it.
final class SpreadSortedSet extends SortedSetBody {

  private static final Slice NOTHING = new Slice();

  /// Up to so many neighbours are removed one by one: range tombstones are dear where they are many.
  private static final int REMOVED_SINGLY_MAX = 64;

  /// One removed element of so many has the ends looked for: often enough for few tombstones to lie
  /// before them, seldom enough to cost little. Chosen by hash, as nothing keeps count.
  private static final int ENDS_MASK = 63;

  private final Elements elements;
  private final HashedElements members;
  private final int fanOut;
  private final GrowableBuffer subkey = GrowableBuffer.onHeap(64);
  private final Slice subkeySlice = new Slice();
  private final Slice found = new Slice();
  private final Slice scoreBytes = Slice.of(new byte[Long.BYTES]);
  private final RankBounds bounds = new RankBounds();
  private long size;
  private int height;
  private boolean boundsMoved;
  private boolean endsAreDue;

  /// Changes that the index has not seen: rank key to how many came there.
  private final TreeMap<Slice, Long> moves = new TreeMap<>();

  /// A set without members.
  ///
  /// @param fanOut see [RankIndex]
  SpreadSortedSet(Elements elements, int fanOut) {
    this.elements = elements;
    this.members = new HashedElements(elements);
    this.fanOut = fanOut;
  }

  SpreadSortedSet(Elements elements, int fanOut, Slice payload) {
    this(elements, fanOut);
    try {
      ByteCursor cursor = new ByteCursor(payload);
      size = cursor.readVarint();
      height = (int) cursor.readVarint();
      bounds.read(cursor);
    } catch (ByteCursor.MalformedException _) {
      throw new CorruptionException(
          "keyspace", 0, "expected a sorted set, found " + payload.length() + " bytes");
    }
  }

  /// A set of many elements at once, for an object that has none: nothing is looked up.
  ///
  /// @param rankKeys in order, of distinct members
  static SpreadSortedSet ofSorted(Elements elements, int fanOut, List<Slice> rankKeys) {
    SpreadSortedSet set = new SpreadSortedSet(elements, fanOut);
    try (RankIndex index = new RankIndex(elements, 0, fanOut, set.bounds)) {
      set.height = index.build(rankKeys);
    }
    Slice member = new Slice();
    for (Slice rankKey : rankKeys) {
      set.write(RankKey.member(rankKey, member), rankKey);
    }
    set.size = rankKeys.size();
    return set;
  }

  int height() {
    return height;
  }

  /// Whether the header has to say anew where elements begin and end.
  boolean boundsMoved() {
    return boundsMoved;
  }

  long objectId() {
    return elements.objectId();
  }

  @Override
  long size() {
    return size;
  }

  @Override
  double score(Slice member) {
    return members.find(member, found)
        ? Double.longBitsToDouble(found.segment().get(Layouts.LONG_LE, found.offset()))
        : Double.NaN;
  }

  @Override
  long countBefore(Slice position) {
    try (RankIndex index = newIndex()) {
      return index.countBefore(position);
    }
  }

  private RankIndex newIndex() {
    return new RankIndex(elements, height, fanOut, bounds);
  }

  @Override
  RankWalk walk() {
    return new Walk();
  }

  @Override
  ScoredWalk memberWalk() {
    return new SpreadScoredWalk(members.walk(), size);
  }

  @Override
  void put(Slice member, double oldScore, double score) {
    if (Double.isNaN(oldScore)) {
      size++;
    } else {
      removeRank(RankKey.of(oldScore, member));
    }
    Slice rankKey = RankKey.of(score, member);
    boundsMoved |= bounds.include(rankKey);
    write(member, rankKey);
    count(rankKey, 1);
  }

  private void write(Slice member, Slice rankKey) {
    double score = RankKey.score(rankKey);
    scoreBytes.segment().set(Layouts.LONG_LE, 0, Double.doubleToRawLongBits(score + 0.0));
    members.put(member, scoreBytes);
    elements.put(scoreKey(rankKey), NOTHING);
  }

  @Override
  void remove(Slice member, double score) {
    size--;
    removeRank(RankKey.of(score, member));
    members.remove(member);
  }

  private void removeRank(Slice rankKey) {
    elements.remove(scoreKey(rankKey));
    count(rankKey, -1);
    noteRemoval(rankKey);
  }

  private void noteRemoval(Slice rankKey) {
    endsAreDue |=
        (Hash64.hash(rankKey.segment(), rankKey.offset(), rankKey.length()) & ENDS_MASK) == 0;
  }

  private void count(Slice rankKey, long delta) {
    if (height > 0) {
      moves.merge(rankKey, delta, Long::sum);
    }
  }

  @Override
  void removeRange(Slice from, Slice to, long count) {
    size -= count;
    if (size == 0) {
      moves.clear();
      return; // The header goes, and all elements with it.
    }
    boolean singly = count <= REMOVED_SINGLY_MAX;
    try (ElementWalk walk = elements.walk();
        RankIndex index = newIndex()) {
      Slice leafEnd = index.findLeafEnd(from);
      Slice leafKey = null;
      Slice member = new Slice();
      walk.seek(scoreKey(from));
      for (long left = count; left > 0; left--) {
        Slice rankKey = RankIndex.tail(walk.key(), 1, member).copy();
        if (leafEnd != null && rankKey.compareTo(leafEnd) >= 0) {
          leafEnd = index.findLeafEnd(rankKey);
          leafKey = null;
        }
        // All that goes from one leaf of the index is counted under its first key.
        leafKey = leafKey == null ? rankKey : leafKey;
        count(leafKey, -1);
        noteRemoval(rankKey);
        members.remove(RankKey.member(rankKey, member));
        if (singly) {
          elements.remove(scoreKey(rankKey));
        }
        walk.next();
      }
    }
    if (!singly) {
      elements.removeRange(scoreKey(from).copy(), scoreKey(to));
    }
  }

  /// Looks where elements begin and end.
  private void findEnds() {
    try (RankWalk walk = walk()) {
      walk.seek(RankKey.START);
      boundsMoved |= bounds.exclude(RankKey.START, walk.key().copy());
      walk.seekBefore(RankKey.END);
      Slice last = walk.key();
      boundsMoved |=
          bounds.exclude(RankKey.behind(RankKey.score(last), RankKey.member(last)), RankKey.END);
    }
  }

  @Override
  void finish() {
    if (endsAreDue) {
      findEnds();
    }
    boolean grows = size > RankIndex.capacity(height + 1, fanOut);
    if (moves.isEmpty() && !grows) {
      return;
    }
    try (RankIndex index = newIndex()) {
      index.apply(moves);
      height = index.grow(size);
    }
    moves.clear();
  }

  @Override
  void writePayload(GrowableBuffer out) {
    out.putVarint(size);
    out.putVarint(height);
    bounds.appendTo(out);
  }

  /// Of a rank key or position.
  private Slice scoreKey(Slice position) {
    subkey.clear();
    subkey.putByte(SortedSetFormat.SCORE_SPACE);
    subkey.putBytes(position);
    return subkey.slice(subkeySlice);
  }

  private final class Walk implements RankWalk {
    private final ElementWalk walk = elements.walk();
    private final Slice key = new Slice();

    @Override
    public boolean isValid() {
      return walk.isValid() && walk.key().get(0) == SortedSetFormat.SCORE_SPACE;
    }

    @Override
    public void seek(Slice position) {
      walk.seek(scoreKey(bounds.notBefore(position)));
    }

    @Override
    public void seekBefore(Slice position) {
      Slice target = scoreKey(bounds.notBehind(position)).copy();
      walk.seekForPrev(target);
      if (walk.isValid() && walk.key().contentEquals(target)) {
        walk.prev();
      }
    }

    @Override
    public void seekRank(long rank) {
      if (rank < fanOut) {
        seek(RankKey.START);
        step(rank);
      } else if (size - rank <= fanOut) {
        seekBefore(RankKey.END);
        for (long left = size - 1 - rank; left > 0; left--) {
          walk.prev();
        }
      } else {
        try (RankIndex index = newIndex()) {
          step(index.seekLeaf(walk, rank));
        }
      }
    }

    private void step(long steps) {
      for (long left = steps; left > 0; left--) {
        walk.next();
      }
    }

    @Override
    public void next() {
      walk.next();
    }

    @Override
    public void prev() {
      walk.prev();
    }

    @Override
    public Slice key() {
      return RankIndex.tail(walk.key(), 1, key);
    }

    @Override
    public void close() {
      walk.close();
    }
  }
}
