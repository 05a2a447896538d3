/// What is merged, when, and by whom.
///
/// Three layers that do not mix: the planner is a pure function from a version to a choice; the jobs
/// turn a choice into tables and a version edit; [BackgroundWork] runs them on its threads, paces
/// them and retries. The room knows nothing of the log, of memtables or of what keys mean: the roof
/// supplies those through [BackgroundHost]. Chapter: `docs/internals/compaction.md`.
@NullMarked
package io.varve.engine.compaction;

import org.jspecify.annotations.NullMarked;
