package io.varve.bench.contest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
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

  /// @param loadAverage of the last minute when the run began; of an idle machine next to 0
  record Machine(int processors, String system, String java, double loadAverage) {}

  long failures() {
    return rows.stream().mapToLong(row -> row.varve().failures() + row.rocksdb().failures()).sum();
  }

  String toJson() {
    try {
      return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of numbers and texts", e);
    }
  }
}
