/// The newest writes, in memory outside the collector's sight.
///
/// One writer, many readers without locks. Chapter: `docs/internals/write-path.md`.
@NullMarked
package io.varve.engine.memtable;

import org.jspecify.annotations.NullMarked;
