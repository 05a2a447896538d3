package io.varve.engine.file;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The names of all files of a store, built and recognised in one place.
///
/// ```
/// 000123.wal        WAL segment 123
/// 000123.sst        SSTable 123
/// 000123.val        value file 123
/// MANIFEST-000007   manifest 7
/// CURRENT           names the manifest that counts
/// LOCK              held while the store is open
/// <any name>.tmp    not finished; whoever finds one after a crash may delete it
/// ```
///
/// Numbers have six digits or more; they are compared as numbers, never as text.
public final class FileNames {

  /// Name endings and fixed names.
  private static final String WAL_SUFFIX = ".wal";

  private static final String SSTABLE_SUFFIX = ".sst";
  private static final String VALUE_SUFFIX = ".val";
  private static final String TEMPORARY_SUFFIX = ".tmp";
  private static final String MANIFEST_PREFIX = "MANIFEST-";
  private static final String CURRENT_NAME = "CURRENT";
  private static final String LOCK_NAME = "LOCK";

  /// Longest run of digits that always fits a long.
  private static final int DIGITS_MAX = 18;

  private static final int DIGITS_MIN = 6;

  /// What a file of the store is.
  public enum Kind {
    WAL,
    SSTABLE,
    VALUE,
    MANIFEST,
    CURRENT,
    LOCK,
    TEMPORARY
  }

  /// A recognised name.
  ///
  /// @param number the file's number; 0 for kinds that have none
  public record FileName(Kind kind, long number) {}

  private FileNames() {}

  public static Path wal(Path directory, long number) {
    return directory.resolve(digits(number) + WAL_SUFFIX);
  }

  public static Path sstable(Path directory, long number) {
    return directory.resolve(digits(number) + SSTABLE_SUFFIX);
  }

  public static Path value(Path directory, long number) {
    return directory.resolve(digits(number) + VALUE_SUFFIX);
  }

  public static Path manifest(Path directory, long number) {
    return directory.resolve(MANIFEST_PREFIX + digits(number));
  }

  public static Path current(Path directory) {
    return directory.resolve(CURRENT_NAME);
  }

  public static Path lock(Path directory) {
    return directory.resolve(LOCK_NAME);
  }

  /// The name under which a file is made before it is renamed to what it will be.
  public static Path temporary(Path file) {
    return file.resolveSibling(nameOf(file) + TEMPORARY_SUFFIX);
  }

  /// Recognises a file of the store by its name (not path).
  ///
  /// @return null if it is none of ours
  public static @Nullable FileName parse(String name) {
    if (name.endsWith(TEMPORARY_SUFFIX)) {
      return new FileName(Kind.TEMPORARY, 0);
    }
    if (name.equals(CURRENT_NAME)) {
      return new FileName(Kind.CURRENT, 0);
    }
    if (name.equals(LOCK_NAME)) {
      return new FileName(Kind.LOCK, 0);
    }
    if (name.startsWith(MANIFEST_PREFIX)) {
      return numbered(Kind.MANIFEST, name.substring(MANIFEST_PREFIX.length()));
    }
    if (name.endsWith(WAL_SUFFIX)) {
      return numbered(Kind.WAL, name.substring(0, name.length() - WAL_SUFFIX.length()));
    }
    if (name.endsWith(SSTABLE_SUFFIX)) {
      return numbered(Kind.SSTABLE, name.substring(0, name.length() - SSTABLE_SUFFIX.length()));
    }
    if (name.endsWith(VALUE_SUFFIX)) {
      return numbered(Kind.VALUE, name.substring(0, name.length() - VALUE_SUFFIX.length()));
    }
    return null;
  }

  /// The last element of a path as text, for messages.
  public static String nameOf(Path file) {
    Path name = file.getFileName();
    return name == null ? file.toString() : name.toString();
  }

  private static String digits(long number) {
    if (number < 0) {
      throw new IllegalArgumentException("file number " + number + " is negative");
    }
    return String.format(Locale.ROOT, "%06d", number);
  }

  private static @Nullable FileName numbered(Kind kind, String digits) {
    if (digits.length() < DIGITS_MIN || digits.length() > DIGITS_MAX) {
      return null;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return null;
      }
      number = number * 10 + (c - '0');
    }
    // One number, one name: 0000012.wal is not ours.
    return digits.equals(digits(number)) ? new FileName(kind, number) : null;
  }
}
