package io.varve.server.lua.code;

/// A local variable, as the parser knows it.
final class Variable {

  final String name;
  final int slot;

  /// Whether an inner function uses it, so that it lies in a cell. Known when its function is parsed, and
  /// not changed after.
  boolean captured;

  Variable(String name, int slot) {
    this.name = name;
    this.slot = slot;
  }
}
