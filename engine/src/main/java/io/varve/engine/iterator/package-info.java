/// How the tree is walked: the iterator contract, merging, visibility; and what a read carries along.
///
/// Rooms below (blocks, tables, memtables) implement [EntryIterator]; rooms above combine them.
@NullMarked
package io.varve.engine.iterator;

import org.jspecify.annotations.NullMarked;
