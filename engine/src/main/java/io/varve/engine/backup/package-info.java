/// Copies of a store: checkpoints, backups, and their way back, with an archive of the log to any
/// point in time.
///
/// Everything starts from a [io.varve.engine.backup.StoreImage], which is one moment of a store held
/// fast: the tables of a version and the log's tail. This room never writes into the store it copies,
/// and never opens one as an engine; it does not know memtables or what keys and values mean. Chapter:
/// `docs/internals/recovery.md`; the files: `docs/format/backup.md`.
@NullMarked
package io.varve.engine.backup;

import org.jspecify.annotations.NullMarked;
