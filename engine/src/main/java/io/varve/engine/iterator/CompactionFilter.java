package io.varve.engine.iterator;

import io.varve.engine.bytes.Slice;

/// Tells a merge which entries nobody can want any more, so that their space comes back without a
/// write: values past their expiry, members of a collection that was deleted as a whole.
///
/// The filter must answer from what can never change back: once it has said "drop", reads must
/// already treat the entry as absent, and always will. The merge asks only about the newest version of
/// a key, and only if no snapshot could see it otherwise. Called from background threads, from
/// several at once.
public interface CompactionFilter {

  /// Keeps everything.
  CompactionFilter NONE =
      new CompactionFilter() {
        @Override
        public boolean drop(Slice userKey, Slice value) {
          return false;
        }

        @Override
        public boolean looksAtValues() {
          return false;
        }

        @Override
        public boolean dropsRange(Slice smallest, Slice largest) {
          return false;
        }
      };

  /// Whether the entry may vanish, together with all older versions of its key.
  ///
  /// @param value the value; empty if it lies apart and the filter does not look at values
  boolean drop(Slice userKey, Slice value);

  /// Whether [#drop] looks at the value. A merge carries values that lie apart without reading them,
  /// unless a filter wants to see them.
  default boolean looksAtValues() {
    return true;
  }

  /// Whether every key from `smallest` to `largest`, both included, may vanish unseen: then whole
  /// tables go without being read.
  boolean dropsRange(Slice smallest, Slice largest);
}
