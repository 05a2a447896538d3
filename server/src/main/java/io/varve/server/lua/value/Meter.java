package io.varve.server.lua.value;

/// Who pays for memory.
@FunctionalInterface
public interface Meter {

  /// Nobody: for what lives as long as the server.
  Meter FREE = _ -> {};

  /// About to allocate.
  ///
  /// @throws LuaError if the budget does not allow it
  void charge(long bytes);
}
