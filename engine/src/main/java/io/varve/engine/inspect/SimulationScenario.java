package io.varve.engine.inspect;

/// What a simulated store is filled with, and how.
///
/// @param keys which keys are written
/// @param memtables what the keys weigh when each is there once, in memtables; of a time series, what is
///     written in the time that an entry lives
/// @param memtableBytes bytes of a memtable
/// @param entryBytes bytes of an entry
/// @param deleteShare part of the writes that are deletes, from 0 to below 1
/// @param fanOut runs that a tier holds
/// @param rounds times that so much is written: the first fills the store, the others overwrite it
/// @param samples points in time at which one looks
/// @param seed 0 if each memtable is full when it is flushed; else each is from half full to full, at
///     random
public record SimulationScenario(
    SimulatedKeys keys,
    int memtables,
    long memtableBytes,
    long entryBytes,
    double deleteShare,
    int fanOut,
    int rounds,
    int samples,
    long seed) {

  /// Overwrites at random of a hundred memtables of 64 MiB.
  public static final SimulationScenario DEFAULT =
      new SimulationScenario(SimulatedKeys.UNIFORM, 100, 64L << 20, 1024, 0, 8, 6, 12, 0);

  /// Each bound is by itself, so that a wrong value can be told at once.
  ///
  /// @throws IllegalArgumentException naming what is out of bounds
  public SimulationScenario {
    require(memtables, 1, 10_000, "memtables");
    require(memtableBytes, 64L << 10, 16L << 30, "memtable-bytes");
    require(entryBytes, 16, 4 << 10, "entry-bytes");
    if (!(deleteShare >= 0 && deleteShare <= 0.99)) {
      throw new IllegalArgumentException("deletes must be between 0 and 0.99 inclusive");
    }
    require(fanOut, 2, 64, "fan-out");
    require(rounds, 2, 100, "rounds");
    require(samples, 2, 1_000, "samples");
  }

  private static void require(long value, long min, long max, String name) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " must be between " + min + " and " + max + " inclusive");
    }
  }

  /// Flushes of full memtables that the whole run takes.
  int flushes() {
    return memtables * rounds;
  }

  long entriesPerMemtable() {
    return memtableBytes / entryBytes;
  }
}
