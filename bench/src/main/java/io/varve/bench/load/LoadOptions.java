package io.varve.bench.load;

import io.varve.bench.records.KeyChoice;

/// What is asked of a server.
///
/// @param mix of actions
/// @param choice of records
/// @param keys records that are loaded
/// @param valueBytes bytes of a record
/// @param connections over all threads
/// @param threads of this generator
/// @param inFlightMax requests of a connection on their way at once, in the open loop
/// @param scanMax records of a scan at most
/// @param seed of all draws
record LoadOptions(
    Mix mix,
    KeyChoice choice,
    long keys,
    int valueBytes,
    int connections,
    int threads,
    int inFlightMax,
    int scanMax,
    long seed) {

  private static final long KEYS_MAX = 100_000_000_000L;
  private static final int VALUE_BYTES_MAX = 1 << 20;

  LoadOptions {
    require(keys > 0 && keys <= KEYS_MAX, "keys");
    require(valueBytes > 0 && valueBytes <= VALUE_BYTES_MAX, "value-bytes");
    require(connections > 0 && connections <= 10_000, "connections");
    require(threads > 0 && threads <= connections, "threads");
    require(inFlightMax > 0 && inFlightMax <= 1_000_000, "in-flight-max");
    require(scanMax > 0 && scanMax <= 100_000, "scan-max");
  }

  boolean isIndexed() {
    return mix.has(Action.SCAN);
  }

  private static void require(boolean holds, String option) {
    if (!holds) {
      throw new IllegalArgumentException("--" + option + " is out of range");
    }
  }
}
