/// The write-ahead log: what is acknowledged lies here before it lies in a table.
///
/// Segments prepared ahead of time and recycled, group commit, three sync policies, replay. It knows
/// nothing of what the batches in it say; the rooms above reach it through [Log]. No thread of this
/// room is ever interrupted. Chapters: `docs/format/wal.md`, `docs/internals/write-path.md`,
/// `docs/internals/recovery.md`.
@NullMarked
package io.varve.engine.wal;

import org.jspecify.annotations.NullMarked;
