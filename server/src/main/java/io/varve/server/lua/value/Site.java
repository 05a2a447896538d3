package io.varve.server.lua.value;

import org.jspecify.annotations.Nullable;

/// The place in a program that a call or an operation was made from: what errors tell of it.
public interface Site {

  int line();

  /// The name by which a function was called there, or null.
  default @Nullable String calledName() {
    return null;
  }

  /// Whether it was called as a method: `a:b()`.
  default boolean isMethodCall() {
    return false;
  }
}
