package io.varve.server.lua.value;

/// An opaque value that is equal to itself only, such as `cjson.null`.
///
/// @param address what `tostring` shows of it
public record LightUserdata(String address) {

  /// What a C program calls a null pointer.
  public static final LightUserdata NULL = new LightUserdata("(nil)");

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
