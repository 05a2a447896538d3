package io.varve.engine.version;

/// What a table's entries refer to in one value file, and how large that file is.
///
/// Each share repeats the sizes of its file, so that a version knows from its tables alone how much of
/// a value file nobody refers to any more: they are the same in all shares of a file.
///
/// @param fileNumber number of the value file
/// @param bytes bytes of the values there that the table's entries refer to, as they lie in the file
/// @param valueBytes bytes of all values in the file
/// @param fileBytes size of the file
public record ValueFileShare(long fileNumber, long bytes, long valueBytes, long fileBytes) {
  public ValueFileShare {
    if (fileNumber <= 0 || bytes <= 0 || bytes > valueBytes || valueBytes > fileBytes) {
      throw new IllegalArgumentException(
          "a share of "
              + bytes
              + " bytes in value file "
              + fileNumber
              + " with "
              + valueBytes
              + " bytes of values in "
              + fileBytes
              + " is impossible");
    }
  }
}
