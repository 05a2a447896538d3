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
/// node := INDEX_SPACE (1), level (1), rank key  ->  number of elements (varint)
/// ```
/// A node of level `n` spans at most `fanOut` to the power of `n` elements; one that outgrows that is
/// split into halves, one that has shrunk below a quarter is joined with a neighbour under the same
/// parent if both together are at most half. A level is added when the top one has more nodes than a
/// node should have children; so a set of ten million has two levels at a fan-out of 256. Finding a
/// rank, or a position's rank, walks some hundred nodes per level and then part of a leaf: the elements
/// themselves carry no counts, so that adding one writes a node per level and nothing else. The idea is
/// the counted B-tree of Simon Tatham (<https://www.chiark.greenend.org.uk/~sgtatham/algorithms/cbtree.html>).
///
/// The limits steer splits only: an index that was built with others is as right. Belongs to one
/// execution.
final class RankIndex {

  private final Elements elements;
  private final ElementWalk walk;
  private final int fanOut;
  private final GrowableBuffer subkey = GrowableBuffer.onHeap(64);
  private final Slice subkeySlice = new Slice();
  private final GrowableBuffer value = GrowableBuffer.onHeap(16);
  private final Slice valueSlice = new Slice();
  private final Slice found = new Slice();
  private final Slice tail = new Slice();
  private final ByteCursor cursor = new ByteCursor();
  private int height;

  /// @param walk what is looked up with; live if the index is changed
  /// @param height number of levels, 0 for no index
  /// @param fanOut how many elements or nodes a node is meant to span at most, at least 4
  RankIndex(Elements elements, ElementWalk walk, int height, int fanOut) {
    this.elements = elements;
    this.walk = walk;
    this.height = height;
    this.fanOut = fanOut;
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
    Slice low = RankKey.START;
    long before = 0;
    for (int level = height; level > 0; level--) {
      walk.seek(node(level, low));
      long count = nodeCount();
      walk.next();
      while (isOn(level) && nodeLow().compareTo(position) <= 0) {
        before += count;
        count = nodeCount();
        low = nodeLow().copy();
        walk.next();
      }
    }
    walk.seek(scoreKey(low));
    while (isOnElement() && tail(walk.key(), 1, tail).compareTo(position) < 0) {
      before++;
      walk.next();
    }
    return before;
  }

  /// Moves the walk to the first element of the leaf that holds a rank, and returns how many elements
  /// further that is.
  long seekLeaf(long rank) {
    Slice low = RankKey.START;
    long left = rank;
    for (int level = height; level > 0; level--) {
      walk.seek(node(level, low));
      long count = nodeCount();
      while (count <= left) {
        left -= count;
        walk.next();
        count = nodeCount();
        low = nodeLow().copy();
      }
    }
    walk.seek(scoreKey(low));
    return left;
  }

  /// Where the leaf around a position ends; null if with the set, or if there is no index.
  @Nullable Slice findLeafEnd(Slice position) {
    if (height == 0) {
      return null;
    }
    seekNode(1, position);
    return findNextLow(1);
  }

  /// Counts elements that have come or gone; the score space has changed already.
  ///
  /// @param moves rank key, or one of the same leaf, to how many have come
  void apply(NavigableMap<Slice, Long> moves) {
    for (int level = 1; level <= height; level++) {
      Map.Entry<Slice, Long> move = moves.firstEntry();
      while (move != null) {
        seekNode(level, move.getKey());
        Slice low = nodeLow().copy();
        long count = nodeCount();
        Slice high = findNextLow(level);
        long delta = 0;
        do {
          delta += move.getValue();
          move = moves.higherEntry(move.getKey());
        } while (move != null && (high == null || move.getKey().compareTo(high) < 0));
        if (delta != 0) {
          recount(level, low, count + delta, high);
        }
      }
    }
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
        put(height, nodes.get(i), counts.get(i));
      }
      lows = nodes;
      weights = counts;
    }
    return height;
  }

  /// Number of elements that the nodes get which so many are divided among.
  private long pieceSize(int level, long count) {
    long pieces = Math.max(2, count / (capacity(level, fanOut) / 2));
    return (count + pieces - 1) / pieces;
  }

  private void recount(int level, Slice low, long count, @Nullable Slice high) {
    if (count > capacity(level, fanOut)) {
      split(level, low, count, high);
      return;
    }
    if (count == 0 && isRemovable(level, low)) {
      elements.remove(node(level, low));
      removeEmptyBelow(level, low);
      return;
    }
    put(level, low, count);
    if (count < capacity(level, fanOut) / 4) {
      joinWithNeighbour(level, low, count, high);
    }
  }

  /// Replaces a node by several of the same size, which begin where nodes, or elements, below begin.
  private void split(int level, Slice low, long count, @Nullable Slice high) {
    long target = pieceSize(level, count);
    Slice start = low;
    long piece = 0;
    walk.seek(level == 1 ? scoreKey(low) : node(level - 1, low));
    while (level == 1 ? isOnElement() : isOn(level - 1)) {
      Slice at = tail(walk.key(), level == 1 ? 1 : 2, tail);
      if (high != null && at.compareTo(high) >= 0) {
        break;
      }
      long weight = level == 1 ? 1 : nodeCount();
      if (piece > 0 && piece + weight > target) {
        Slice next = at.copy();
        put(level, start, piece);
        start = next;
        piece = 0;
      }
      piece += weight;
      walk.next();
    }
    put(level, start, piece);
  }

  private void joinWithNeighbour(int level, Slice low, long count, @Nullable Slice high) {
    long most = capacity(level, fanOut) / 2;
    if (high != null && isRemovable(level, high)) {
      walk.seek(node(level, high));
      long both = count + nodeCount();
      if (both <= most) {
        elements.remove(node(level, high));
        put(level, low, both);
        return;
      }
    }
    if (isRemovable(level, low)) {
      walk.seek(node(level, low));
      walk.prev();
      long both = count + nodeCount();
      if (both <= most) {
        Slice left = nodeLow().copy();
        elements.remove(node(level, low));
        put(level, left, both);
      }
    }
  }

  /// Whether no node above begins here, too, and it is not the first.
  private boolean isRemovable(int level, Slice low) {
    return !low.isEmpty() && (level == height || !elements.find(node(level + 1, low), found));
  }

  /// Removes the nodes without elements that had to stay for the one above, which is gone.
  private void removeEmptyBelow(int level, Slice low) {
    for (int below = level - 1; below > 0; below--) {
      if (elements.find(node(below, low), found) && readCount(found) == 0) {
        elements.remove(node(below, low));
      }
    }
  }

  /// Moves to the node of a level that a position falls into.
  private void seekNode(int level, Slice position) {
    walk.seekForPrev(node(level, position));
    requireNode(level);
  }

  /// Moves on; where the next node of the level begins, or null if there is none.
  private @Nullable Slice findNextLow(int level) {
    walk.next();
    return isOn(level) ? nodeLow().copy() : null;
  }

  private void put(int level, Slice low, long count) {
    value.clear();
    value.putVarint(count);
    elements.put(node(level, low), value.slice(valueSlice));
  }

  private boolean isOnElement() {
    return walk.isValid() && walk.key().get(0) == SortedSetFormat.SCORE_SPACE;
  }

  private boolean isOn(int level) {
    return walk.isValid()
        && walk.key().length() >= 2
        && walk.key().get(0) == SortedSetFormat.INDEX_SPACE
        && walk.key().get(1) == level;
  }

  private void requireNode(int level) {
    if (!isOn(level)) {
      throw damaged("no node of level " + level);
    }
  }

  private long nodeCount() {
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

  private static CorruptionException damaged(String found) {
    return new CorruptionException(
        "keyspace", 0, "expected the index of a sorted set, found " + found);
  }

  private Slice nodeLow() {
    return tail(walk.key(), 2, tail);
  }

  private Slice node(int level, Slice low) {
    subkey.clear();
    subkey.putByte(SortedSetFormat.INDEX_SPACE);
    subkey.putByte(level);
    subkey.putBytes(low);
    return subkey.slice(subkeySlice);
  }

  private Slice scoreKey(Slice position) {
    subkey.clear();
    subkey.putByte(SortedSetFormat.SCORE_SPACE);
    subkey.putBytes(position);
    return subkey.slice(subkeySlice);
  }
}
