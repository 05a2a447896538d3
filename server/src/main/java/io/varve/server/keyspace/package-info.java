/// How Redis keys lie on engine keys: databases, headers, expiry, counts, cursors, watched keys.
///
/// Knows no command, no session and no RESP. One thread, the command loop, writes; any number of
/// threads read, each through a [KeyspaceAccess] of its own. The chapter is
/// `docs/format/keyspace.md`.
@NullMarked
package io.varve.server.keyspace;

import org.jspecify.annotations.NullMarked;
