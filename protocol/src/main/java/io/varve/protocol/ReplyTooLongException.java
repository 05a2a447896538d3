package io.varve.protocol;

/// A reply does not fit what may wait for one client: nothing can be sent in its place, so the
/// connection is to be closed. Carries no stack trace.
public final class ReplyTooLongException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param bytesMax what may wait
  ReplyTooLongException(int bytesMax) {
    super("replies of more than " + bytesMax + " bytes would wait", null, false, false);
  }
}
