package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.server.keyspace.ElementWalk;
import io.varve.server.keyspace.Elements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/// Counts the elements of a large sorted set, so that ranks are found without walking to them.
///
/// A counted B+ tree whose nodes are elements of their own: a node of level 1 says how many elements of the
/// score space lie from its rank key up to the next node's; one of level `n` says the same for a range of
/// nodes of level `n - 1`, at one of which it begins. The first node of each level begins at the start.
///
/// ```
/// node := INDEX_SPACE (1), level (1), rank key  ->  number of elements (varint), end
/// ```
/// A node of level `n` spans at most `fanOut` to the power of `n` elements; one that outgrows that is
/// split into halves, one that has shrunk below a quarter is joined with a neighbour under the same
/// parent if both together are at most half. A level is added when the top one has more nodes than a
/// node should have children; so a set of ten million has two levels at a fan-out of 256. Finding a
/// rank, or a position's rank, walks some hundred nodes per level and then part of a leaf: the elements
/// themselves carry no counts, so that adding one writes a node per level and nothing else. The idea is
/// the counted B-tree of Simon Tatham (<https://www.chiark.greenend.org.uk/~sgtatham/algorithms/cbtree.html>).
///
/// The node that a new element falls into would be the last that is not behind it: a backward seek per
/// level, which costs ten times a lookup. So whoever finds a node leaves a hint where it begins
/// ([Elements#rememberHint]), and the next one asks for that node by name. The node's *end* proves the
/// guess: no other node of the level begins between its rank key and there, so what is not behind the end
/// falls into it. An end may be too near, where a neighbour has been removed, and never too far; without
/// one, the node is the last. A guess that proves wrong goes on to the end, a step to the right as in the
/// trees of Lehman and Yao, and after some steps to the seek.
///
/// The limits steer splits only: an index that was built with others is as right. Belongs to one
/// execution.
final class RankIndex implements AutoCloseable {

  /// Nodes to the right of a guess that are looked up before one is sought.
  private static final int STEPS_RIGHT_MAX = 4;

  /// Bytes of a node's subkey in front of its rank key.
  private static final int NODE_PREFIX_BYTES = 2;

  private final Elements elements;
  private final int fanOut;
  private final RankBounds bounds;
  private final GrowableBuffer subkey = GrowableBuffer.onHeap(64);
  private final Slice subkeySlice = new Slice();
  private final GrowableBuffer value = GrowableBuffer.onHeap(64);
  private final Slice valueSlice = new Slice();
  private final Slice found = new Slice();
  private final Slice tail = new Slice();
  private final ByteCursor cursor = new ByteCursor();
  private int height;

  /// Sees what is written meanwhile; made when first needed.
  private @Nullable ElementWalk ownWalk;

  /// What the last node that was read says.
  private long count;

  private @Nullable Slice end;

  /// @param height number of levels, 0 for no index
  /// @param fanOut how many elements or nodes a node is meant to span at most, at least 4
  /// @param bounds where elements are, kept right by the set
  RankIndex(Elements elements, int height, int fanOut, RankBounds bounds) {
    this.elements = elements;
    this.height = height;
    this.fanOut = fanOut;
    this.bounds = bounds;
  }

  /// Number of elements that a node of a level may span.
  static long capacity(int level, int fanOut) {
    long capacity = 1;
    for (int i = 0; i < level && capacity <= Long.MAX_VALUE / fanOut; i++) {
      capacity *= fanOut;
    }
    return capacity;
  }

  /// What follows the first bytes of a subkey.
  static Slice tail(Slice subkey, int from, Slice into) {
    return into.set(subkey.segment(), subkey.offset() + from, subkey.length() - from);
  }

  /// Number of elements in front of a position.
  long countBefore(Slice position) {
    ElementWalk walk = walk();
    Slice low = RankKey.START;
    long before = 0;
    for (int level = height; level > 0; level--) {
      walk.seek(node(level, low));
      long here = nodeCount(walk);
      walk.next();
      while (isOn(walk, level) && nodeLow(walk).compareTo(position) <= 0) {
        before += here;
        here = nodeCount(walk);
        low = nodeLow(walk).copy();
        walk.next();
      }
    }
    walk.seek(scoreKey(low));
    while (isOnElement(walk) && tail(walk.key(), 1, tail).compareTo(position) < 0) {
      before++;
      walk.next();
    }
    return before;
  }

  /// Moves a walk to the first element of the leaf that holds a rank, and returns how many elements
  /// further that is.
  long seekLeaf(ElementWalk walk, long rank) {
    Slice low = RankKey.START;
    long left = rank;
    for (int level = height; level > 0; level--) {
      walk.seek(node(level, low));
      long here = nodeCount(walk);
      while (here <= left) {
        left -= here;
        walk.next();
        here = nodeCount(walk);
        low = nodeLow(walk).copy();
      }
    }
    walk.seek(scoreKey(low));
    return left;
  }

  /// Where the leaf around a position ends, or a nearer place; null if with the set, or if there is no
  /// index.
  @Nullable Slice findLeafEnd(Slice position) {
    if (height == 0) {
      return null;
    }
    findNode(1, position);
    return end;
  }

  /// Counts elements that have come or gone; the score space has changed already.
  ///
  /// @param moves rank key, or one of the same leaf, to how many have come
  void apply(NavigableMap<Slice, Long> moves) {
    for (int level = 1; level <= height; level++) {
      Map.Entry<Slice, Long> move = moves.firstEntry();
      while (move != null) {
        Slice low = findNode(level, move.getKey());
        long before = count;
        long delta = 0;
        boolean endIsNear = true;
        do {
          delta += move.getValue();
          move = moves.higherEntry(move.getKey());
          if (endIsNear && !isWithin(move) && before + delta > capacity(level, fanOut)) {
            // The pieces of a split are counted anew, so all that has come to the node must be
            // known.
            end = findNextLow(level);
            endIsNear = false;
          }
        } while (isWithin(move));
        if (delta != 0) {
          recount(level, low, before, before + delta);
        }
      }
    }
  }

  /// Whether a change is of the node that was read last.
  private boolean isWithin(Map.@Nullable Entry<Slice, Long> move) {
    return move != null && (end == null || move.getKey().compareTo(end) < 0);
  }

  /// Adds the levels that a set of this size should have; returns how many there are.
  int grow(long size) {
    while (size > capacity(height + 1, fanOut)) {
      height++;
      split(height, RankKey.START, size, null);
    }
    return height;
  }

  /// Writes the index of a set that is new, level by level as [#grow(long)] cuts them; returns how many
  /// there are.
  ///
  /// @param rankKeys of all elements, in order
  int build(List<Slice> rankKeys) {
    List<Slice> lows = rankKeys;
    List<Long> weights = List.of();
    while (rankKeys.size() > capacity(height + 1, fanOut)) {
      height++;
      long target = pieceSize(height, rankKeys.size());
      List<Slice> nodes = new ArrayList<>();
      List<Long> counts = new ArrayList<>();
      nodes.add(RankKey.START);
      long piece = 0;
      for (int i = 0; i < lows.size(); i++) {
        long weight = height == 1 ? 1 : weights.get(i);
        if (piece > 0 && piece + weight > target) {
          counts.add(piece);
          nodes.add(lows.get(i));
          piece = 0;
        }
        piece += weight;
      }
      counts.add(piece);
      for (int i = 0; i < nodes.size(); i++) {
        put(height, nodes.get(i), counts.get(i), i + 1 < nodes.size() ? nodes.get(i + 1) : null);
      }
      lows = nodes;
      weights = counts;
    }
    return height;
  }

  /// Number of elements that the nodes get which so many are divided among.
  private long pieceSize(int level, long size) {
    long pieces = Math.max(2, size / (capacity(level, fanOut) / 2));
    return (size + pieces - 1) / pieces;
  }

  @Override
  public void close() {
    if (ownWalk != null) {
      ownWalk.close();
    }
  }

  /// Gives the node that was read last another count, and its level the nodes that this calls for. If it
  /// is to be split, its end is where the next node begins.
  private void recount(int level, Slice low, long before, long now) {
    if (now > capacity(level, fanOut)) {
      split(level, low, now, end);
      return;
    }
    if (now == 0 && isRemovable(level, low)) {
      remove(level, low);
      removeEmptyBelow(level, low);
      return;
    }
    put(level, low, now, end);
    long step = Math.max(1, capacity(level, fanOut) / 16);
    // Looking at the neighbours costs two seeks: not for every element that goes.
    if (now < capacity(level, fanOut) / 4 && now / step != before / step) {
      joinWithNeighbour(level, low, now, findNextLow(level));
    }
  }

  /// Replaces a node by several of the same size, which begin where nodes, or elements, below begin.
  ///
  /// @param high where the next node of the level begins
  private void split(int level, Slice low, long size, @Nullable Slice high) {
    ElementWalk walk = walk();
    long target = pieceSize(level, size);
    Slice start = low;
    long piece = 0;
    walk.seek(level == 1 ? scoreKey(low) : node(level - 1, low));
    while (level == 1 ? isOnElement(walk) : isOn(walk, level - 1)) {
      Slice at = tail(walk.key(), level == 1 ? 1 : NODE_PREFIX_BYTES, tail);
      if (high != null && at.compareTo(high) >= 0) {
        break;
      }
      long weight = level == 1 ? 1 : nodeCount(walk);
      if (piece > 0 && piece + weight > target) {
        Slice next = at.copy();
        put(level, start, piece, next);
        elements.rememberHint(node(level, next));
        start = next;
        piece = 0;
      }
      piece += weight;
      walk.next();
    }
    put(level, start, piece, high);
  }

  private void joinWithNeighbour(int level, Slice low, long size, @Nullable Slice high) {
    long most = capacity(level, fanOut) / 2;
    ElementWalk walk = walk();
    if (high != null && isRemovable(level, high)) {
      walk.seek(node(level, high));
      requireNode(walk, level);
      readNode(walk.value());
      if (size + count <= most) {
        remove(level, high);
        put(level, low, size + count, end);
        return;
      }
    }
    if (isRemovable(level, low)) {
      Slice left = findLeft(level, low);
      if (left != null && size + count <= most) {
        long both = size + count;
        remove(level, low);
        put(level, left, both, high);
      }
    }
  }

  /// Reads the node in front of another, if a hint leads there; else null. A seek would step backwards over
  /// the tombstones of all nodes that have been joined there.
  private @Nullable Slice findLeft(int level, Slice low) {
    Slice guess = elements.findLowerHint(node(level, low), NODE_PREFIX_BYTES);
    if (guess == null || !elements.find(guess, found)) {
      return null;
    }
    readNode(found);
    // Nothing begins between a node and its end.
    return end == null || end.compareTo(low) < 0 ? null : tail(guess, NODE_PREFIX_BYTES, guess);
  }

  /// Whether no node above begins here, too, and it is not the first.
  private boolean isRemovable(int level, Slice low) {
    return !low.isEmpty() && (level == height || !elements.find(node(level + 1, low), found));
  }

  /// Removes the nodes without elements that had to stay for the one above, which is gone.
  private void removeEmptyBelow(int level, Slice low) {
    for (int below = level - 1; below > 0; below--) {
      if (elements.find(node(below, low), found) && readCount(found) == 0) {
        remove(below, low);
      }
    }
  }

  /// Finds and reads the node of a level that a position falls into; returns where it begins.
  private Slice findNode(int level, Slice position) {
    Slice guess = elements.findHint(node(level, position), NODE_PREFIX_BYTES);
    if (guess != null) {
      Slice low = tail(guess, NODE_PREFIX_BYTES, guess);
      for (int step = 0; step <= STEPS_RIGHT_MAX; step++) {
        if (!elements.find(node(level, low), found)) {
          elements.forgetHint(node(level, low));
          break;
        }
        readNode(found);
        Slice next = end;
        if (next == null || position.compareTo(next) < 0) {
          if (step > 0) {
            elements.rememberHint(node(level, low));
          }
          return low;
        }
        low = next;
      }
    }
    return seekNode(level, position);
  }

  private Slice seekNode(int level, Slice position) {
    ElementWalk walk = walk();
    walk.seekForPrev(node(level, position));
    requireNode(walk, level);
    Slice low = nodeLow(walk).copy();
    readNode(walk.value());
    elements.rememberHint(node(level, low));
    if (end != null && position.compareTo(end) >= 0) {
      end = findNextLow(level);
    }
    return low;
  }

  /// Where the next node of a level begins, behind the one that was read last; null if there is none.
  private @Nullable Slice findNextLow(int level) {
    Slice near = end;
    if (near == null) {
      return null;
    }
    // From there on: nodes that were joined with this one lie before it as tombstones.
    ElementWalk walk = walk();
    walk.seek(node(level, near));
    return isOn(walk, level) ? nodeLow(walk).copy() : null;
  }

  private void put(int level, Slice low, long size, @Nullable Slice high) {
    value.clear();
    value.putVarint(size);
    if (high != null) {
      value.putBytes(high);
    }
    elements.put(node(level, low), value.slice(valueSlice));
  }

  private void remove(int level, Slice low) {
    Slice node = node(level, low);
    elements.remove(node);
    elements.forgetHint(node);
  }

  private ElementWalk walk() {
    ElementWalk walk = ownWalk;
    if (walk == null) {
      walk = elements.liveWalk();
      ownWalk = walk;
    }
    return walk;
  }

  private static boolean isOnElement(ElementWalk walk) {
    return walk.isValid() && walk.key().get(0) == SortedSetFormat.SCORE_SPACE;
  }

  private static boolean isOn(ElementWalk walk, int level) {
    return walk.isValid()
        && walk.key().length() >= NODE_PREFIX_BYTES
        && walk.key().get(0) == SortedSetFormat.INDEX_SPACE
        && walk.key().get(1) == level;
  }

  private static void requireNode(ElementWalk walk, int level) {
    if (!isOn(walk, level)) {
      throw damaged("no node of level " + level);
    }
  }

  private long nodeCount(ElementWalk walk) {
    if (!walk.isValid()) {
      throw damaged("the end of the nodes");
    }
    return readCount(walk.value());
  }

  private long readCount(Slice bytes) {
    try {
      return cursor.set(bytes).readVarint();
    } catch (ByteCursor.MalformedException _) {
      throw damaged("a node of " + bytes.length() + " bytes");
    }
  }

  /// Reads count and end of a node; the end is a copy.
  private void readNode(Slice bytes) {
    count = readCount(bytes);
    int left = (int) cursor.remaining();
    end = left == 0 ? null : cursor.readSlice(left, new Slice()).copy();
  }

  private static CorruptionException damaged(String found) {
    return new CorruptionException(
        "keyspace", 0, "expected the index of a sorted set, found " + found);
  }

  private Slice nodeLow(ElementWalk walk) {
    return tail(walk.key(), NODE_PREFIX_BYTES, tail);
  }

  private Slice node(int level, Slice low) {
    subkey.clear();
    subkey.putByte(SortedSetFormat.INDEX_SPACE);
    subkey.putByte(level);
    subkey.putBytes(low);
    return subkey.slice(subkeySlice);
  }

  /// The first element that is not before a position.
  private Slice scoreKey(Slice position) {
    subkey.clear();
    subkey.putByte(SortedSetFormat.SCORE_SPACE);
    subkey.putBytes(bounds.notBefore(position));
    return subkey.slice(subkeySlice);
  }
}
