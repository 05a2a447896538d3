/// What measurements have in common: the server at the other end, this machine, percentiles, JSON.
///
/// Knows no measurement. Chapter: `docs/benchmarks.md`.
@NullMarked
package io.varve.bench.figures;

import org.jspecify.annotations.NullMarked;
