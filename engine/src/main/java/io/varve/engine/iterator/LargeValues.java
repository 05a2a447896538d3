package io.varve.engine.iterator;

import io.varve.engine.bytes.Slice;

/// Gets values that lie apart from their entries, for those iterators that are asked for values.
@FunctionalInterface
public interface LargeValues {

  /// For sources in which no value lies apart.
  LargeValues NONE =
      (reference, _, _) -> {
        throw new IllegalStateException("nobody can fetch the value at " + reference);
      };

  /// Points a slice at a value.
  ///
  /// @param reference what the entry holds in the value's place
  /// @param level level of the table with the entry, for counting
  /// @return what keeps the bytes of the value; the caller unpins it
  /// @throws io.varve.engine.error.NotInMemoryException if the value is not in memory and the read may
  ///     not wait
  ReadContext.PinnedBlock fetch(Slice reference, int level, Slice value);
}
