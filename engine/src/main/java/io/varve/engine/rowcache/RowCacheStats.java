package io.varve.engine.rowcache;

/// What the row cache did since it was made and what it holds now.
///
/// @param hits lookups that it answered
/// @param misses lookups that went on to tables
/// @param bytes bytes of memory in use for rows and for finding them
/// @param capacityBytes bytes it may use
public record RowCacheStats(long hits, long misses, long bytes, long capacityBytes) {}
