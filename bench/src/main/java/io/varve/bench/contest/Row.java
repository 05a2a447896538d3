package io.varve.bench.contest;

import java.util.Locale;

/// What is measured of both sides, in the order in which it runs on a store.
enum Row {
  FILL_SEQUENTIAL("fill sequential", Kind.WRITE),
  FILL_RANDOM("fill random", Kind.WRITE),
  OVERWRITE("overwrite", Kind.WRITE),
  READ_HIT("read random, hit", Kind.READ),
  READ_MISS("read random, miss", Kind.READ),
  SEEK("seek random", Kind.READ),
  SCAN_100("scan 100", Kind.READ),
  SCAN_100000("scan 100,000", Kind.READ),
  READ_WHILE_WRITING("read while writing", Kind.READ),
  DELETE_RANGE("delete range", Kind.DELETE);

  /// What a row's operations are.
  enum Kind {
    READ,
    WRITE,
    DELETE
  }

  private final String title;
  private final Kind kind;

  Row(String title, Kind kind) {
    this.title = title;
    this.kind = kind;
  }

  String title() {
    return title;
  }

  Kind kind() {
    return kind;
  }

  /// The name on the command line and in JSON.
  String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
