package io.varve.engine.sstable;

import io.varve.engine.block.Compression;

/// How a table is written. None of it is needed to read the table.
///
/// @param blockBytes target size of a data block before compression, in bytes; a block is larger
///     only if a single entry is. Larger blocks compress better and make cold reads dearer
/// @param restartInterval entries between restart points of a data block
/// @param compression of data blocks
/// @param bloomBitsPerKey bits of filter per user key, 0 for no filter
/// @param creationMillis written to the properties, milliseconds since 1970
public record SstableOptions(
    int blockBytes,
    int restartInterval,
    Compression compression,
    double bloomBitsPerKey,
    long creationMillis) {

  /// Blocks of 4 KiB, a restart point every 16 entries, LZ4, 10 bits per key.
  public static final SstableOptions DEFAULT =
      new SstableOptions(4 << 10, 16, Compression.LZ4, 10, 0);

  public SstableOptions {
    if (blockBytes < 64 || blockBytes > 1 << 20) {
      throw new IllegalArgumentException("block size " + blockBytes + " is not in 64 to 1048576");
    }
    if (restartInterval < 1 || restartInterval > 1024) {
      throw new IllegalArgumentException(
          "restart interval " + restartInterval + " is not in 1 to 1024");
    }
    if (!(bloomBitsPerKey >= 0 && bloomBitsPerKey <= 100)) {
      throw new IllegalArgumentException(
          "bloom bits per key " + bloomBitsPerKey + " are not in 0 to 100");
    }
  }

  public SstableOptions withBlockBytes(int bytes) {
    return new SstableOptions(bytes, restartInterval, compression, bloomBitsPerKey, creationMillis);
  }

  public SstableOptions withRestartInterval(int entries) {
    return new SstableOptions(blockBytes, entries, compression, bloomBitsPerKey, creationMillis);
  }

  public SstableOptions withCompression(Compression other) {
    return new SstableOptions(blockBytes, restartInterval, other, bloomBitsPerKey, creationMillis);
  }

  public SstableOptions withBloomBitsPerKey(double bits) {
    return new SstableOptions(blockBytes, restartInterval, compression, bits, creationMillis);
  }

  public SstableOptions withCreationMillis(long millis) {
    return new SstableOptions(blockBytes, restartInterval, compression, bloomBitsPerKey, millis);
  }
}
