package io.varve.engine.error;

/// A fault of the disk or of what lies on it. Closed, so that callers can answer each kind.
///
/// Faults of the caller (a null, a key that is too long, use after close) are
/// `IllegalArgumentException` and `IllegalStateException` instead: they are bugs, not weather.
public abstract sealed class EngineException extends RuntimeException
    permits CorruptionException, IncompatibleFormatException, StorageException {

  private static final long serialVersionUID = 1L;

  EngineException(String message) {
    super(message);
  }

  EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
