package io.varve.engine;

import io.varve.engine.admission.WorkRates;
import io.varve.engine.admission.WriteDebt;

/// How writes are admitted: one look.
///
/// @param bytesPerSecond admitted rate, infinite while there is no limit
/// @param debt what is owed, each part 0 to 1
/// @param excessBytes bytes above the base that are beyond the space cap
/// @param rates what the background manages
/// @param pauses times that a writer was paused
/// @param pausedNanos nanoseconds of all pauses, over all writers
/// @param longestPauseNanos the longest that a writer was paused between two writes
/// @param backgroundBytesPerSecond limit of what the background moves, 0 for none
/// @param mergesHeldNanos nanoseconds that merges were held back for that limit and for who goes first
public record AdmissionStats(
    double bytesPerSecond,
    WriteDebt debt,
    long excessBytes,
    WorkRates rates,
    long pauses,
    long pausedNanos,
    long longestPauseNanos,
    long backgroundBytesPerSecond,
    long mergesHeldNanos) {}
