package io.varve.bench.contest;

import java.io.IOException;
import java.nio.file.Path;

/// Who is measured.
enum Side {
  VARVE("Varve"),
  ROCKSDB("RocksDB");

  private final String title;

  Side(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /// Opens a store, creating it if it is not there.
  Contender open(Path directory, StoreOptions options) throws IOException {
    return switch (this) {
      case VARVE -> VarveContender.open(directory, options);
      case ROCKSDB -> RocksContender.open(directory, options);
    };
  }
}
