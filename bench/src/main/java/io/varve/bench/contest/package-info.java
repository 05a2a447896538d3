/// The engine beside RocksDB in one process: the same keys, memory and threads, rounds interleaved.
///
/// Knows both through [Contender] alone, and the engine by its public face. Touches no server. Chapter:
/// `docs/benchmarks.md`.
@NullMarked
package io.varve.bench.contest;

import org.jspecify.annotations.NullMarked;
