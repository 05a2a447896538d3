/// The HTTP port for those who watch the server: `/metrics` for Prometheus, `/health` for balancers
/// and containers.
///
/// Runs on an event loop of its own, so that it answers while the server is busy and cannot slow it
/// down. Read-only: nothing here changes the server. Its chapter is `docs/metrics.md`.
@NullMarked
package io.varve.server.admin;

import org.jspecify.annotations.NullMarked;
