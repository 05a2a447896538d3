/// SSTables: immutable files of sorted entries with an index, a filter and properties.
///
/// Written once by a flush or a merge, read by anyone. A table knows nothing of versions of the
/// store, of levels (they are passed for counting only) or of other tables. Chapter:
/// `docs/format/sstable.md`.
@NullMarked
package io.varve.engine.sstable;

import org.jspecify.annotations.NullMarked;
