package io.varve.engine.sstable;

/// Something that a check of a table found wrong.
///
/// @param file name of the file
/// @param offset byte offset at which the damaged structure starts
/// @param detail what was expected and what was found
public record SstableFinding(String file, long offset, String detail) {

  @Override
  public String toString() {
    return file + " at offset " + offset + ": " + detail;
  }
}
