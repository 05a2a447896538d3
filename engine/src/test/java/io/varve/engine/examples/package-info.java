/// Examples that run, for `docs/embedding.md`.
@NullMarked
package io.varve.engine.examples;

import org.jspecify.annotations.NullMarked;
