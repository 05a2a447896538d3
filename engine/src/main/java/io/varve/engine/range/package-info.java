/// Range tombstones: what it means that all keys from here to there are deleted as of a sequence
/// number, and how to find out quickly whether a key is among them.
///
/// Knows nothing of memtables, tables or files; those rooms hold [RangeTombstones] and answer for
/// their layer as a [RangeCover]. Chapter: `docs/internals/read-path.md`.
@NullMarked
package io.varve.engine.range;

import org.jspecify.annotations.NullMarked;
