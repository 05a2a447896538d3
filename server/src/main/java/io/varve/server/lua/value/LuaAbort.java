package io.varve.server.lua.value;

/// Ends a run whatever the program says: it was killed. Protected calls do not catch it.
public final class LuaAbort extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LuaAbort(String message) {
    super(message, null, false, false);
  }
}
