package io.varve.engine.inspect;

/// What was seen since the sample before.
///
/// @param written memtables flushed since the beginning, as if all had been full
/// @param writeAmplification bytes written to tables per byte flushed, since the sample before
/// @param space bytes of all tables at the end, per byte of what is alive
/// @param spaceMax most of it since the sample before, outputs of a merge beside its inputs included
/// @param runsMax most runs since the sample before
/// @param readsPerHit data blocks read, on average, for a key that is there; filters in memory
/// @param readsPerMiss data blocks read, on average, for a key that is not
public record SimulationSample(
    double written,
    double writeAmplification,
    double space,
    double spaceMax,
    int runsMax,
    double readsPerHit,
    double readsPerMiss) {}
