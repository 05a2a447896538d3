package io.varve.server.command;

import java.util.Locale;

/// Categories of commands, as ACL rules and COMMAND INFO name them.
public enum AclCategory {
  KEYSPACE,
  READ,
  WRITE,
  SET,
  SORTEDSET,
  LIST,
  HASH,
  STRING,
  BITMAP,
  HYPERLOGLOG,
  GEO,
  STREAM,
  PUBSUB,
  ADMIN,
  FAST,
  SLOW,
  BLOCKING,
  DANGEROUS,
  CONNECTION,
  TRANSACTION,
  SCRIPTING;

  /// `@read`, `@write` ...
  public String wireName() {
    return "@" + name().toLowerCase(Locale.ROOT);
  }
}
