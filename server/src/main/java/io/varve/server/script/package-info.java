/// Scripts and function libraries: how programs of clients are kept, run on the keyspace, bounded and
/// ended, and how their values become replies and back.
///
/// A run is like an EXEC: one execution on the keyspace, of which every command is a part. When a block
/// is missing the whole run is thrown away, rehearsed on a reader thread and begun again. The language
/// itself is in `server.lua`.
@NullMarked
package io.varve.server.script;

import org.jspecify.annotations.NullMarked;
