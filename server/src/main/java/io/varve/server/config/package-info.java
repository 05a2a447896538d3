/// What can be configured, and what is.
///
/// [Directives] is the one table: CONFIG GET and SET, the options of `varve serve`, the sample
/// `varve.conf` and `docs/configuration.md` derive from it. A leaf: imports nothing of the server and
/// translates nothing for the rooms below; that is done at the roof. Its chapter is
/// `docs/configuration.md`.
@NullMarked
package io.varve.server.config;

import org.jspecify.annotations.NullMarked;
