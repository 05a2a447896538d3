package io.varve.engine.compaction;

import io.varve.engine.range.RangeTombstone;
import io.varve.engine.range.RangeTombstones;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Decides which range tombstones a flush or merge writes, and how much of each.
///
/// - Of those in one stripe of [SnapshotBounds] only what shows from above is kept: pieces that do not
///   overlap, each with the greatest sequence number over it.
/// - What no snapshot sees, and covers nothing older outside of the inputs, has done its work and
///   goes; what covers less than its range is cut to it.
/// - What is not published yet is kept as it is.
final class RangeRetention {

  private RangeRetention() {}

  /// @param tombstones of all inputs
  /// @return what is left of them, in no order
  static List<RangeTombstone> retain(
      Collection<RangeTombstone> tombstones, SnapshotBounds snapshots, OlderRuns older) {
    List<RangeTombstone> retained = new ArrayList<>();
    TreeMap<Integer, List<RangeTombstone>> byStripe = new TreeMap<>();
    for (RangeTombstone each : tombstones) {
      if (snapshots.isUnpublished(each.sequence())) {
        retained.add(each);
      } else {
        byStripe
            .computeIfAbsent(snapshots.stripe(each.sequence()), _ -> new ArrayList<>())
            .add(each);
      }
    }
    byStripe.forEach(
        (stripe, members) -> {
          for (RangeTombstone piece : RangeTombstones.of(members).fromAbove()) {
            @Nullable RangeTombstone left = stripe == 0 ? older.cut(piece) : piece;
            if (left != null) {
              retained.add(left);
            }
          }
        });
    return retained;
  }
}
