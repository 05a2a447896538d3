package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import java.util.SplittableRandom;

/// Walks a collection whose elements have names: the fields of a hash, the members of a set.
///
/// A new walk stands before the first element. Slices are valid until the walk moves or closes, or the
/// execution writes. Belongs to one thread.
public interface CollectionWalk extends AutoCloseable {

  /// Moves to the next element; false if there is none.
  boolean next();

  /// Moves to a random element; each is about equally likely. There must be one.
  void seekRandom(SplittableRandom random);

  /// Moves to the first element at a position or behind it; false if there is none.
  ///
  /// @param position 0, or one that [#position()] has told of an element of the same collection
  boolean seek(long position);

  /// Where the element stands, not negative. Elements of one position follow one another. In a small
  /// collection all have the same.
  long position();

  /// The field or member.
  Slice name();

  @Override
  void close();

  /// One step of a scan: moves to elements from a position on and calls for each.
  ///
  /// @param cursor 0 to begin, or what the last step returned
  /// @param count elements to stop at; some more may come, for those of one position come together
  /// @return the position to go on from, 0 at the end
  default long scan(long cursor, long count, Runnable found) {
    if (!seek(cursor)) {
      return 0;
    }
    long left = count;
    long at;
    do {
      at = position();
      found.run();
      left--;
      if (!next()) {
        return 0;
      }
    } while (left > 0 || position() == at);
    return position();
  }
}
