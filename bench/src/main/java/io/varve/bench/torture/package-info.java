/// Faults made to the real server process, and what must be there afterwards: kills, cuts of power, full
/// disks. The oracle is outside the server and knows it as a process and a port only. Chapter:
/// `docs/reliability.md`.
@NullMarked
package io.varve.bench.torture;

import org.jspecify.annotations.NullMarked;
