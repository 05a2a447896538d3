/// How records lie in a file that is only ever appended to: the framing of WAL and manifest.
///
/// Tells a torn tail, which a power cut leaves and which is the end of the log, from damage to bytes
/// that were safe, which is corruption. It knows nothing of what the records say. Chapter:
/// `docs/format/record.md`.
@NullMarked
package io.varve.engine.record;

import org.jspecify.annotations.NullMarked;
