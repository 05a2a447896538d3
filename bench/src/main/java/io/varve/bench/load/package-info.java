/// A load generator for any server of the Redis protocol: `scripts/load`.
///
/// In the open loop requests are due at times that no reply moves, and latency counts from when a request was
/// due: a server that stops for a second is charged with all requests of that second, and not only with
/// those that happened to be on their way (coordinated omission). Chapter: `docs/benchmarks.md`.
@NullMarked
package io.varve.bench.load;

import org.jspecify.annotations.NullMarked;
