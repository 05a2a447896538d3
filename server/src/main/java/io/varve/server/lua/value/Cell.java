package io.varve.server.lua.value;

/// A local variable that closures share: it outlives the call that declared it.
public final class Cell {

  public Object value;

  public Cell(Object value) {
    this.value = value;
  }
}
