package io.varve.engine.compaction;

import io.varve.engine.value.ValueFiles;

/// How jobs treat large values.
///
/// @param files reads those that lie apart
/// @param bytesMin values of at least so many bytes are written apart from the tree; 0 for none
public record LargeValueStore(ValueFiles files, int bytesMin) {

  public LargeValueStore {
    if (bytesMin < 0) {
      throw new IllegalArgumentException("large values cannot begin at " + bytesMin + " bytes");
    }
  }

  /// Whether a value is to lie apart.
  boolean isLarge(int valueBytes) {
    return bytesMin > 0 && valueBytes >= bytesMin;
  }
}
