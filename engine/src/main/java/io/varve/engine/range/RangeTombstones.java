package io.varve.engine.range;

import io.varve.engine.bytes.Slice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The range tombstones of a layer, to be asked for the newest one over a key that a sequence number
/// may see. Immutable; any thread.
///
/// Ranges overlap as they like, and a reader may stand at any sequence number. To cut all ranges at
/// all bounds and keep for each piece the list of its sequence numbers is what others do; a queue that
/// is trimmed from its start ("delete all before i", for i = 1, 2, 3, …) makes that quadratic. Here the
/// tombstones are ordered by *sequence number* in a binary tree, and a node shows its tombstones from
/// above ([Skyline]), which takes linear space. A reader that may see all of a node searches its
/// skyline; one that may see none skips it; only the node that his sequence number divides is opened.
/// So a question costs one binary search in the usual case and at most one per level of the tree, and
/// n tombstones take n log n space at worst.
///
/// A list of trees of falling size stands for the whole, like the digits of a binary counter, so that
/// a memtable adds a tombstone in amortised logarithmic time ([#with(RangeTombstone)]). What is
/// loaded from a table is one tree, and its inner skylines are made when somebody needs them, which
/// only old snapshots do.
public final class RangeTombstones implements RangeCover {

  public static final RangeTombstones NONE = new RangeTombstones(new Node[0]);

  /// A node of so few has no children; its tombstones are looked at one by one.
  private static final int FEW = 16;

  /// Heap of a tombstone and its two slices, without the bytes of the keys.
  private static final int BYTES_PER_TOMBSTONE = 120;

  /// Trees, oldest first; each holds more than its younger neighbour.
  private final Node[] trees;

  private RangeTombstones(Node[] trees) {
    this.trees = trees;
  }

  /// @param tombstones in any order; their slices are kept
  public static RangeTombstones of(Collection<RangeTombstone> tombstones) {
    if (tombstones.isEmpty()) {
      return NONE;
    }
    List<RangeTombstone> byAge = new ArrayList<>(tombstones);
    byAge.sort(Comparator.comparingLong(RangeTombstone::sequence));
    return new RangeTombstones(new Node[] {Node.of(byAge)});
  }

  /// These and a younger one. Its slices are kept.
  RangeTombstones with(RangeTombstone youngest) {
    Node last = Node.of(List.of(youngest));
    int kept = trees.length;
    while (kept > 0 && trees[kept - 1].count <= last.count) {
      last = Node.join(trees[--kept], last);
    }
    Node[] grown = new Node[kept + 1];
    System.arraycopy(trees, 0, grown, 0, kept);
    grown[kept] = last;
    return new RangeTombstones(grown);
  }

  public boolean isEmpty() {
    return trees.length == 0;
  }

  public int count() {
    int sum = 0;
    for (Node tree : trees) {
      sum += tree.count;
    }
    return sum;
  }

  /// Heap that this takes, at most and about, without the bytes of the keys: each tombstone, and two
  /// fragments of a skyline on each level of the tree.
  public long memoryBytes() {
    int count = count();
    int levels = 1 + Math.max(0, 32 - Integer.numberOfLeadingZeros(count / FEW));
    return count * (BYTES_PER_TOMBSTONE + 2L * Skyline.BYTES_PER_FRAGMENT * levels);
  }

  /// All of them by sequence number, oldest first.
  public List<RangeTombstone> toList() {
    List<RangeTombstone> all = new ArrayList<>(count());
    for (Node tree : trees) {
      tree.addTo(all);
    }
    return all;
  }

  /// Disjoint pieces in key order, each with the greatest sequence number over it.
  public List<RangeTombstone> fromAbove() {
    Skyline all = Skyline.EMPTY;
    for (Node tree : trees) {
      all = Skyline.merge(all, tree.skyline());
    }
    List<RangeTombstone> pieces = new ArrayList<>(all.count());
    for (int i = 0; i < all.count(); i++) {
      pieces.add(all.fragment(i));
    }
    return pieces;
  }

  /// Sequence number of the newest tombstone over a key that is at or below a sequence number, or
  /// [KeySpan#UNCOVERED].
  public long sequenceAt(Slice key, long sequence) {
    for (int i = trees.length - 1; i >= 0; i--) {
      long found = trees[i].sequenceAt(key, sequence);
      if (found != KeySpan.UNCOVERED) {
        return found;
      }
    }
    return KeySpan.UNCOVERED;
  }

  @Override
  public void locate(Slice key, long sequence, KeySpan into) {
    into.reset();
    for (int i = trees.length - 1; i >= 0 && !into.isCovered(); i--) {
      trees[i].narrow(key, sequence, into);
    }
  }

  @Override
  public String toString() {
    return toList().toString();
  }

  /// Tombstones of neighbouring sequence numbers.
  private static final class Node {
    private final int count;
    private final long smallestSequence;
    private final long largestSequence;

    /// In order of sequence numbers; null if there are children.
    private final RangeTombstone @Nullable [] few;

    private final @Nullable Node older;
    private final @Nullable Node younger;

    /// Made when first needed. Two threads may both make it: it is the same, and its fields are final.
    private @Nullable Skyline skyline;

    private Node(RangeTombstone[] few) {
      this.count = few.length;
      this.smallestSequence = few[0].sequence();
      this.largestSequence = few[few.length - 1].sequence();
      this.few = few;
      this.older = null;
      this.younger = null;
    }

    private Node(Node older, Node younger) {
      this.count = older.count + younger.count;
      this.smallestSequence = older.smallestSequence;
      this.largestSequence = younger.largestSequence;
      this.few = null;
      this.older = older;
      this.younger = younger;
    }

    static Node of(List<RangeTombstone> byAge) {
      if (byAge.size() <= FEW) {
        return new Node(byAge.toArray(new RangeTombstone[0]));
      }
      int middle = byAge.size() / 2;
      return new Node(of(byAge.subList(0, middle)), of(byAge.subList(middle, byAge.size())));
    }

    /// A node over two whose skylines are kept, as the next question will need it at once.
    static Node join(Node older, Node younger) {
      RangeTombstone[] olderFew = older.few;
      RangeTombstone[] youngerFew = younger.few;
      Node joined;
      if (olderFew != null && youngerFew != null && older.count + younger.count <= FEW) {
        RangeTombstone[] all = new RangeTombstone[older.count + younger.count];
        System.arraycopy(olderFew, 0, all, 0, older.count);
        System.arraycopy(youngerFew, 0, all, older.count, younger.count);
        joined = new Node(all);
      } else {
        joined = new Node(older, younger);
      }
      joined.skyline = Skyline.merge(older.skyline(), younger.skyline());
      return joined;
    }

    Skyline skyline() {
      Skyline known = skyline;
      if (known == null) {
        known = draw();
        skyline = known;
      }
      return known;
    }

    /// The skyline, without keeping those of the nodes below.
    private Skyline draw() {
      Skyline known = skyline;
      if (known != null) {
        return known;
      }
      if (older != null && younger != null) {
        return Skyline.merge(older.draw(), younger.draw());
      }
      Skyline sum = Skyline.EMPTY;
      for (RangeTombstone tombstone : tombstones()) {
        sum = Skyline.merge(sum, Skyline.of(tombstone));
      }
      return sum;
    }

    private RangeTombstone[] tombstones() {
      RangeTombstone[] own = few;
      if (own == null) {
        throw new IllegalStateException("a node has neither tombstones nor children");
      }
      return own;
    }

    long sequenceAt(Slice key, long sequence) {
      if (smallestSequence > sequence) {
        return KeySpan.UNCOVERED;
      }
      if (largestSequence <= sequence) {
        return skyline().sequenceAt(key);
      }
      if (older != null && younger != null) {
        long found = younger.sequenceAt(key, sequence);
        return found != KeySpan.UNCOVERED ? found : older.sequenceAt(key, sequence);
      }
      RangeTombstone[] own = tombstones();
      for (int i = own.length - 1; i >= 0; i--) {
        if (own[i].sequence() <= sequence && own[i].covers(key)) {
          return own[i].sequence();
        }
      }
      return KeySpan.UNCOVERED;
    }

    void narrow(Slice key, long sequence, KeySpan span) {
      if (smallestSequence > sequence) {
        return;
      }
      if (largestSequence <= sequence) {
        skyline().narrow(key, span);
        return;
      }
      if (older != null && younger != null) {
        younger.narrow(key, sequence, span);
        if (!span.isCovered()) {
          older.narrow(key, sequence, span);
        }
        return;
      }
      RangeTombstone[] own = tombstones();
      for (int i = own.length - 1; i >= 0 && !span.isCovered(); i--) {
        RangeTombstone each = own[i];
        if (each.sequence() > sequence) {
          continue;
        }
        if (each.covers(key)) {
          span.coverBy(each.start(), each.end(), each.sequence());
        } else {
          span.keepOff(each.start(), each.end(), key);
        }
      }
    }

    void addTo(List<RangeTombstone> all) {
      if (older != null && younger != null) {
        older.addTo(all);
        younger.addTo(all);
      } else {
        all.addAll(List.of(tombstones()));
      }
    }
  }
}
