package io.varve.server.keyspace;

/// How the payload of a string is to be understood. The codes lie on disk: never renumber.
///
/// The first three hold the string's bytes as they are. They differ only in what OBJECT ENCODING says:
/// Redis shows by how a string came about whether it keeps it as a number, as a short or as a growing
/// string.
public final class StringEncoding {

  /// As SET leaves it: `int` if the bytes are a number, `embstr` up to 44 bytes, else `raw`.
  public static final int PLAIN = 0;

  /// As APPEND and SETRANGE leave it: always `raw`.
  public static final int GROWN = 1;

  /// As INCRBYFLOAT leaves it: `embstr` or `raw` by length, never `int`.
  public static final int TEXT = 2;

  /// Spread over elements, a chunk each, once it has grown long: always `raw`.
  public static final int CHUNKED = 3;

  private StringEncoding() {}
}
