/// The figures of a server for Prometheus.
///
/// The rooms below count into plain fields of their own; this room alone reads those counters, when
/// somebody asks, and knows Micrometer. Counting therefore costs the hot rooms nothing but an
/// addition. [Metric] is the table of names; `docs/metrics.md` is written from it.
@NullMarked
package io.varve.server.metrics;

import org.jspecify.annotations.NullMarked;
