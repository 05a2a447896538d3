/// The commands, one final class per family with its table at the top.
///
/// A handler turns arguments into an operation of `types` or `keyspace` and its result into a reply.
/// Nothing here holds state; what differs from Redis stands in `docs/compatibility.md`.
@NullMarked
package io.varve.server.commands;

import org.jspecify.annotations.NullMarked;
