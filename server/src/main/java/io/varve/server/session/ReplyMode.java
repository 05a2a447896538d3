package io.varve.server.session;

/// What CLIENT REPLY has asked for.
public enum ReplyMode {
  ON,
  OFF,
  /// The reply of the command that runs now is left out, as it was asked for by the one before.
  SKIP,
  /// The reply of the next command will be left out.
  SKIP_NEXT
}
