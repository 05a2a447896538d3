package io.varve.server.command;

import io.varve.server.keyspace.RefusedException;

/// The client's mistake: becomes an error reply in Redis' own wording, and the connection goes on.
///
/// What the failed command had written is undone. The rooms below the commands refuse with
/// [RefusedException], which whoever turns mistakes into replies catches.
public final class CommandException extends RefusedException {

  private static final long serialVersionUID = 1L;

  /// @param reply the whole text behind the `-` of the reply, with its prefix: `ERR syntax error`
  public CommandException(String reply) {
    super(reply);
  }
}
