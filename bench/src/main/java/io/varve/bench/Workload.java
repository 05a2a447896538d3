package io.varve.bench;

import io.varve.bench.records.Records;

/// How much is done, and how.
///
/// @param keys keys that each load writes, and reads that each reading phase does
/// @param valueBytes bytes of a value
/// @param connections connections, each with a thread of its own
/// @param pipeline requests that a connection sends before it waits for their replies
/// @param seconds a phase ends after this time even if it has not done everything
record Workload(long keys, int valueBytes, int connections, int pipeline, int seconds) {

  Workload {
    require(keys > 0 && keys <= Records.KEYS_MAX, "keys");
    require(valueBytes >= 0 && valueBytes <= Records.VALUE_BYTES_MAX, "value-bytes");
    require(connections > 0 && connections <= 10_000, "connections");
    require(pipeline > 0 && pipeline <= 10_000, "pipeline");
    require(seconds > 0, "seconds");
  }

  private static void require(boolean holds, String option) {
    if (!holds) {
      throw new IllegalArgumentException("--" + option + " is out of range");
    }
  }
}
