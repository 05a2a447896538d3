package io.varve.protocol;

/// A peer that does not follow the protocol: it gets an error reply and the connection is closed.
///
/// The message is the text of that reply without its prefix, in Redis' words: `Protocol error:
/// invalid bulk length`. Carries no stack trace: the fault lies at the other end.
public final class ProtocolException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param text of the reply, without `-ERR `
  public ProtocolException(String text) {
    super(text, null, false, false);
  }

  /// The whole text of the reply behind the `-`: `ERR Protocol error: ...`.
  public String reply() {
    return "ERR " + getMessage();
  }
}
