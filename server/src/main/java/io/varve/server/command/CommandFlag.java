package io.varve.server.command;

import java.util.Locale;

/// Flags of a command, as COMMAND INFO names them.
public enum CommandFlag {
  WRITE,
  READONLY,
  DENYOOM,
  ADMIN,
  PUBSUB,
  NOSCRIPT,
  BLOCKING,
  LOADING,
  STALE,
  SKIP_MONITOR,
  SKIP_SLOWLOG,
  ASKING,
  FAST,
  NO_AUTH,
  MAY_REPLICATE,
  NO_MANDATORY_KEYS,
  NO_ASYNC_LOADING,
  NO_MULTI,
  MOVABLEKEYS,
  ALLOW_BUSY;

  /// The name in COMMAND INFO: lower case; words joined by `_`.
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
