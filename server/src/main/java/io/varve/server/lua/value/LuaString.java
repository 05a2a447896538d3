package io.varve.server.lua.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A string of bytes. Immutable: whoever gives or gets the array leaves it alone.
public final class LuaString implements Comparable<LuaString> {

  public static final LuaString EMPTY = new LuaString(new byte[0]);

  private final byte[] bytes;
  private int hash;

  private LuaString(byte[] bytes) {
    this.bytes = bytes;
  }

  /// @param bytes not changed afterwards
  public static LuaString of(byte[] bytes) {
    return new LuaString(bytes);
  }

  /// One byte per character: text of ours, or bytes that came through [#text()].
  public static LuaString of(String text) {
    return new LuaString(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Not to be changed.
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  /// The byte at an index, 0 to 255.
  public int at(int index) {
    return bytes[index] & 0xff;
  }

  /// One character per byte; [#of(String)] brings the bytes back.
  public String text() {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /// Bytes from an index, inclusive, to another, exclusive.
  public LuaString slice(int from, int to) {
    if (from == 0 && to == bytes.length) {
      return this;
    }
    return from >= to ? EMPTY : new LuaString(Arrays.copyOfRange(bytes, from, to));
  }

  /// The hash that decides where a table keeps the string. It is that of Lua 5.1, which looks at no
  /// more than some 32 bytes, so that tables are traversed in the order that scripts are used to.
  int tableHash() {
    int h = hash;
    if (h == 0) {
      int length = bytes.length;
      h = length;
      int step = (length >> 5) + 1;
      for (int i = length; i >= step; i -= step) {
        h ^= (h << 5) + (h >>> 2) + (bytes[i - 1] & 0xff);
      }
      hash = h;
    }
    return h;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof LuaString s && Arrays.equals(bytes, s.bytes));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public int compareTo(LuaString other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public String toString() {
    return text();
  }
}
