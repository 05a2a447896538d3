package io.varve.engine.error;

/// The operating system refused or failed an operation on a file.
///
/// I/O errors are wrapped here once, at the file layer, with the operation and the file.
public final class StorageException extends EngineException {

  private static final long serialVersionUID = 1L;

  /// @param operation what was attempted, a verb: `read`, `append`, `sync`
  /// @param file the file it was attempted on
  /// @param cause what the operating system answered
  public StorageException(String operation, String file, Throwable cause) {
    super(operation + " of " + file + " failed: " + reason(cause), cause);
  }

  /// For faults that no exception of the JDK describes (a short read, a poisoned log).
  public StorageException(String operation, String file, String detail) {
    super(operation + " of " + file + " failed: " + detail);
  }

  /// The JDK puts no more than the path into the messages of some exceptions: their class says what
  /// happened.
  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return cause.getClass() == java.io.IOException.class && message != null
        ? message
        : cause.getClass().getSimpleName() + ": " + message;
  }
}
