package io.varve.engine.block;

/// What the block cache did since it was made and what it holds now.
///
/// @param hits lookups that found their block
/// @param misses lookups that did not
/// @param evictions blocks dropped for want of room
/// @param blocks blocks held
/// @param bytes bytes of memory they take
/// @param capacityBytes bytes they may take
public record BlockCacheStats(
    long hits, long misses, long evictions, long blocks, long bytes, long capacityBytes) {}
