package io.varve.engine.version;

/// What a table's entries refer to in one value file.
///
/// @param fileNumber number of the value file
/// @param bytes bytes of the values there that the table's entries refer to, as they lie in the file
public record ValueFileShare(long fileNumber, long bytes) {
  public ValueFileShare {
    if (fileNumber <= 0 || bytes <= 0) {
      throw new IllegalArgumentException(
          "a share of " + bytes + " bytes in value file " + fileNumber + " is impossible");
    }
  }
}
