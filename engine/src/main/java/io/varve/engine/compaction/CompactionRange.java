package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.version.Run;
import org.jspecify.annotations.Nullable;

/// A wish to have the tables of a key range merged into the base.
///
/// @param start least key, null for no bound
/// @param end key behind the last one, null for no bound
/// @param before files and runs with numbers from here on came after the wish
public record CompactionRange(@Nullable Slice start, @Nullable Slice end, long before) {

  /// A range whose end is not behind its start holds nothing.
  boolean isEmpty() {
    return start != null && end != null && start.compareTo(end) >= 0;
  }

  /// Whether it holds a key between two others, both inclusive.
  boolean touches(Slice smallest, Slice largest) {
    return !isEmpty()
        && (start == null || start.compareTo(largest) <= 0)
        && (end == null || end.compareTo(smallest) > 0);
  }

  boolean touches(Run run) {
    if (isEmpty()) {
      return false;
    }
    int index = start == null ? 0 : run.indexOfFirstReaching(start);
    return index < run.tableCount()
        && (end == null || end.compareTo(run.table(index).smallestKey()) > 0);
  }

  boolean isOld(long number) {
    return number < before;
  }
}
