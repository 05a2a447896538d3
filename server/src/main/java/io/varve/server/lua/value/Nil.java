package io.varve.server.lua.value;

/// The value nil: an object, so that no Java null is ever a Lua value.
public final class Nil {

  public static final Nil NIL = new Nil();

  private Nil() {}

  @Override
  public String toString() {
    return "nil";
  }
}
