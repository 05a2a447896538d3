package io.varve.server.acl;

/// A rule that makes no sense; the message is what is wrong with it, in Redis' words.
public final class AclRuleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AclRuleException(String message) {
    super(message, null, false, false);
  }

  /// What is wrong.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
