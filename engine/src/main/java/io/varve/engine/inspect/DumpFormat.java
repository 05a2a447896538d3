package io.varve.engine.inspect;

/// How a dump is printed.
public enum DumpFormat {
  /// For people.
  TEXT,
  /// One JSON object per line, for tools.
  JSON
}
