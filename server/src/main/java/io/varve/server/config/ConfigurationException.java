package io.varve.server.config;

/// A value, line or request that the configuration refuses. The message says why, for the operator
/// or the client; it carries no prefix and no secret.
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message, null, false, false);
  }

  /// The message, as the text of an error reply.
  public String reply() {
    return "ERR " + getMessage();
  }
}
