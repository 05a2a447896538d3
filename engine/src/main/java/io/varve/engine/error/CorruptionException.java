package io.varve.engine.error;

/// Bytes on disk are not what was written: a checksum, magic or structure does not hold.
///
/// Always names the file and the offset in it, so that a person can look there with `varve dump`.
public final class CorruptionException extends EngineException {

  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;

  /// @param file name of the damaged file, as found in the data directory
  /// @param offset byte offset in that file at which the damaged structure starts
  /// @param detail what was expected and what was found
  public CorruptionException(String file, long offset, String detail) {
    super(file + " is damaged at offset " + offset + ": " + detail);
    this.file = file;
    this.offset = offset;
  }

  public String file() {
    return file;
  }

  /// Byte offset in [#file()] at which the damaged structure starts.
  public long offset() {
    return offset;
  }
}
