/// Blocks: the unit in which tables are written, read, checked and cached.
///
/// A hot room: searching a cached block allocates nothing. Blocks lie outside the heap and are
/// counted by reference; whoever reads one holds a reference. This room knows bytes, keys and files;
/// it does not know what a table is. Chapter: `docs/format/sstable.md`.
@NullMarked
package io.varve.engine.block;

import org.jspecify.annotations.NullMarked;
