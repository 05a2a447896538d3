package io.varve.server.keyspace;

import java.util.Objects;

/// The keyspace, or a type on it, refuses an operation because of what the client asked.
///
/// Becomes an error reply, and what the operation had collected is undone. Carries no stack trace:
/// it is an answer, not a fault of the server.
public class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param reply the whole text of the error reply, with its prefix: `ERR syntax error`
  public RefusedException(String reply) {
    super(reply, null, false, false);
  }

  /// The key holds a value of another type than the operation is for.
  public static RefusedException wrongType() {
    return new RefusedException(
        "WRONGTYPE Operation against a key holding the wrong kind of value");
  }

  /// The whole text of the error reply, with its prefix.
  public final String reply() {
    return Objects.requireNonNull(getMessage());
  }
}
