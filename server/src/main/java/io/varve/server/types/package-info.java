/// The types of Redis as operations on typed arguments: bytes and numbers in, bytes and numbers out.
///
/// Knows databases and entries of `keyspace`; no RESP, no session, no command. Mistakes of the client
/// are refused with `RefusedException`. Chapter: `docs/format/keyspace.md`.
@NullMarked
package io.varve.server.types;

import org.jspecify.annotations.NullMarked;
