package io.varve.server.rdb;

/// Bytes do not follow the format. Carries no stack trace: it speaks of what somebody has sent.
public final class MalformedPayloadException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param detail what was found
  public MalformedPayloadException(String detail) {
    super(detail, null, false, false);
  }
}
