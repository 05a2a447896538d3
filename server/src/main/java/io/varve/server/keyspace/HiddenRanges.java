package io.varve.server.keyspace;

import io.varve.engine.bytes.Slice;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// The ranges of subkeys that an execution has deleted and not committed yet. Mostly none.
final class HiddenRanges {

  /// @param to end, not included; null for none
  private record Range(Slice from, @Nullable Slice to) {}

  private final ArrayList<Range> ranges = new ArrayList<>(0);

  void add(Slice from, @Nullable Slice to) {
    ranges.add(new Range(from, to));
  }

  boolean holds(Slice subkey) {
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      if (range.from.compareTo(subkey) <= 0
          && (range.to == null || subkey.compareTo(range.to) < 0)) {
        return true;
      }
    }
    return false;
  }
}
