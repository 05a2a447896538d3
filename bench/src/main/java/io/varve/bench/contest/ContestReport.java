package io.varve.bench.contest;

import io.varve.bench.figures.Json;
import io.varve.bench.figures.Machine;
import java.util.List;

/// Everything that a comparison has found out. As JSON its names are those of the records.
///
/// @param started when, in ISO 8601
/// @param machine where
/// @param rocksdbVersion of the other side
/// @param setup all options
/// @param rows medians and ratios
/// @param targets what the design promises, and whether it holds
record ContestReport(
    String started,
    Machine machine,
    String rocksdbVersion,
    Setup setup,
    List<RowResult> rows,
    List<TargetResult> targets) {

  long failures() {
    return rows.stream().mapToLong(row -> row.varve().failures() + row.rocksdb().failures()).sum();
  }

  String toJson() {
    return Json.of(this);
  }
}
