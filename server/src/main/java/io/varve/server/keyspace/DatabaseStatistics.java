package io.varve.server.keyspace;

/// What INFO says of one logical database.
///
/// @param index number of the logical database
/// @param keys keys, expired ones that still lie there included
/// @param uncertain by how many keys, at least, `keys` may be wrong; 0 if it is exact
/// @param expires keys with an expiry; somewhat too many after such keys were overwritten blindly,
///     until the old expiry has passed
public record DatabaseStatistics(int index, long keys, long uncertain, long expires) {}
