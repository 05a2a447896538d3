/// The faults of the store, as a closed set.
///
/// This room holds nouns only: it opens no file and logs nothing. Every other room of the engine may
/// import it; it imports none. What each fault means for the caller stands in
/// `docs/internals/recovery.md`.
@NullMarked
package io.varve.engine.error;

import org.jspecify.annotations.NullMarked;
