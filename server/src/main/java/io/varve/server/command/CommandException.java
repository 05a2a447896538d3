package io.varve.server.command;

/// The client's mistake: becomes an error reply in Redis' own wording, and the connection goes on.
///
/// What the failed command had written is undone. Carries no stack trace: it is an answer, not a
/// fault of the server.
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param reply the whole text behind the `-` of the reply, with its prefix: `ERR syntax error`
  public CommandException(String reply) {
    super(reply, null, false, false);
  }

  /// The whole text of the reply, with its prefix.
  public String reply() {
    String message = getMessage();
    assert message != null;
    return message;
  }
}
