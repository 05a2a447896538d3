/// Value files: large values apart from the tree, so that merges move references and not the values.
///
/// Written once beside a table by a flush or a merge, read by position by anyone. The room knows
/// nothing of tables, levels (they are passed for counting only) or versions; who owns a value file
/// and when it is rewritten is decided in `engine.compaction`. Chapters:
/// `docs/internals/large-values.md`, `docs/format/value-file.md`.
@NullMarked
package io.varve.engine.value;

import org.jspecify.annotations.NullMarked;
