package io.varve.server.lua.value;

/// A value that holds others; see [LiveBytes].
public interface Traced {

  void trace(LiveBytes into);
}
