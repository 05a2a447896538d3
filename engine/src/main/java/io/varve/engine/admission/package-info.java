/// How fast writes are taken: slower and slower as flushes and merges fall behind, and never not at
/// all.
///
/// Pure arithmetic with an injected clock: no thread, no file, no lock that is held for more than a few
/// additions. The roof says what is owed and how fast it is worked off; those who write spend credits.
/// Chapter: `docs/internals/admission.md`.
@NullMarked
package io.varve.engine.admission;

import org.jspecify.annotations.NullMarked;
