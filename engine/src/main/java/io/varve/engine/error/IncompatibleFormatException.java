package io.varve.engine.error;

/// The file is whole but was written by a version, or with a setting, that this build cannot read.
public final class IncompatibleFormatException extends EngineException {

  private static final long serialVersionUID = 1L;

  /// @param file name of the file
  /// @param detail what was found and what this build reads
  public IncompatibleFormatException(String file, String detail) {
    super(file + " cannot be read by this version: " + detail);
  }
}
