/// Measurements from outside, run by hand: a load over the wire, a scan, a kill and a restart.
///
/// Knows the server as a process and a port, the engine by its public face. Chapter:
/// `docs/benchmarks.md`.
@NullMarked
package io.varve.bench;

import org.jspecify.annotations.NullMarked;
