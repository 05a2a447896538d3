package io.varve.server.acl;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Glob;
import io.varve.server.keyspace.RefusedException;

/// A pattern of keys or channels.
///
/// @param read whether keys that match may be read
/// @param write whether keys that match may be changed
record AclPattern(Slice text, Glob glob, boolean read, boolean write) {

  static AclPattern of(String pattern, boolean read, boolean write) {
    Slice text = Slice.of(pattern).copy();
    return new AclPattern(text, new Glob(text), read, write);
  }

  /// A pattern that takes too long to match allows nothing.
  boolean matches(Slice name) {
    try {
      return glob.matches(name);
    } catch (RefusedException _) {
      return false;
    }
  }

  /// As in a rule for keys.
  String keyRule() {
    String prefix = read && write ? "~" : read ? "%R~" : "%W~";
    return prefix + text.toUtf8();
  }
}
