package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.keyspace.ValueType;

/// Members with scores, for what combines sorted sets: a sorted set, or a set whose members all have the
/// score 1, or nothing.
public interface ScoredMembers {

  /// Takes members one by one.
  @FunctionalInterface
  interface Visitor {

    /// @param member valid during the call
    /// @return whether to go on
    boolean visit(Slice member, double score);
  }

  long size();

  /// The score of a member, or NaN if it is none.
  double score(Slice member);

  void forEach(Visitor visitor);

  /// What a key holds.
  ///
  /// @throws RefusedException if that is neither a sorted set nor a set
  static ScoredMembers find(Database db, Slice key) {
    KeyEntry entry = new KeyEntry();
    if (!db.find(key, entry)) {
      return None.NONE;
    }
    SetView set = entry.type() == ValueType.SET ? SetView.find(db, key) : null;
    return set == null ? SortedSet.read(db, key, entry) : new OfSet(set);
  }

  /// A set, whose members all have the score 1.
  record OfSet(SetView set) implements ScoredMembers {
    @Override
    public long size() {
      return set.size();
    }

    @Override
    public double score(Slice member) {
      return set.contains(member) ? 1 : Double.NaN;
    }

    @Override
    public void forEach(Visitor visitor) {
      try (CollectionWalk walk = set.walk()) {
        while (walk.next() && visitor.visit(walk.name(), 1)) {
          // Goes on.
        }
      }
    }
  }

  /// What is not there.
  enum None implements ScoredMembers {
    NONE;

    @Override
    public long size() {
      return 0;
    }

    @Override
    public double score(Slice member) {
      return Double.NaN;
    }

    @Override
    public void forEach(Visitor visitor) {}
  }
}
