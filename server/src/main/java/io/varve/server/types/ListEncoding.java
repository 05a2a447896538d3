package io.varve.server.types;

/// What OBJECT ENCODING says of a list. The codes lie on disk: never renumber.
///
/// Only a name: how a list lies on the engine is told by whether its header names an object.
final class ListEncoding {

  static final int LISTPACK = 0;

  static final int QUICKLIST = 1;

  private ListEncoding() {}

  static String name(int encoding) {
    return encoding == LISTPACK ? "listpack" : "quicklist";
  }
}
