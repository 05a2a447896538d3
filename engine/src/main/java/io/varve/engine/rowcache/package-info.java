/// Rows that were read from tables, kept decoded in memory in front of them.
///
/// Knows keys and values, and nothing of tables or memtables: who reads tells it what was found, and
/// flushes tell it what has changed. Chapter: `docs/internals/read-path.md`.
@NullMarked
package io.varve.engine.rowcache;

import org.jspecify.annotations.NullMarked;
