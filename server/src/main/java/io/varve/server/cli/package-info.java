/// The command line: `serve`, and tools that look into a store from outside.
///
/// Parses arguments, prints, and returns exit codes: 0 for done, 1 for damage or failure, 2 for wrong
/// usage. The only room that may use the engine's `inspect`. Knows the server only as something that
/// can be started.
@NullMarked
package io.varve.server.cli;

import org.jspecify.annotations.NullMarked;
