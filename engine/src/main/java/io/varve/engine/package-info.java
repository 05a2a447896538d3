/// The roof of the engine: an embeddable, durable, ordered key-value store in one directory.
///
/// [Engine] opens, writes, reads, snapshots and closes; [EngineOptions] says how; [EngineStats] is
/// what it counted. It imports every room below and is imported by none of them. One thread at a
/// time writes, any number read. Chapters: `docs/internals/write-path.md`, `read-path.md`,
/// `recovery.md`, `threads.md`.
@NullMarked
package io.varve.engine;

import org.jspecify.annotations.NullMarked;
