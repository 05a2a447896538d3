package io.varve.engine.error;

/// A read that was told to use memory only came to a block that is not there.
///
/// Not a fault but a signal: whoever may wait for the disk repeats the read without the
/// restriction. One shared instance without a stack trace, because it is thrown on the hot path.
public final class NotInMemoryException extends RuntimeException {

  /// The only instance; without a stack trace there is nothing of its birth in it.
  @SuppressWarnings("StaticAssignmentOfThrowable")
  public static final NotInMemoryException INSTANCE = new NotInMemoryException();

  private static final long serialVersionUID = 1L;

  private NotInMemoryException() {
    super("a block is not in memory", null, false, false);
  }
}
