package io.varve.server.keyspace;

/// How large a sorted set may become before it is spread over elements, and how its rank index is cut.
///
/// @param packedEntries elements of a packed set (`zset-max-listpack-entries`)
/// @param packedMemberBytes bytes of the longest member of a packed set (`zset-max-listpack-value`)
/// @param indexFanOut elements, or nodes, that a node of the rank index spans at most
public record SortedSetLimits(long packedEntries, long packedMemberBytes, int indexFanOut) {

  /// As Redis has them.
  public static final SortedSetLimits DEFAULTS = new SortedSetLimits(128, 64, 256);
}
