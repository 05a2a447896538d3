/// Looks into a store from outside: dumps of its files, a verifier, a simulator of its policies.
///
/// Reads only; never changes a file. Nothing of the engine imports this room; of the server only the
/// command-line tool does. The formats are explained under `docs/format/`.
@NullMarked
package io.varve.engine.inspect;

import org.jspecify.annotations.NullMarked;
