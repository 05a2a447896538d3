/// Takes over the data of a running Redis, or of its RDB file, into a running server: `varve import`.
///
/// To the source it is a replica: it gets a snapshot and then each command that changes anything. All of it
/// goes to the target as commands, over the wire, so nothing here touches a store. Reading RDB files and
/// the replication stream is the work of the library redis-replicator, which only this room knows.
@NullMarked
package io.varve.server.replica;

import org.jspecify.annotations.NullMarked;
