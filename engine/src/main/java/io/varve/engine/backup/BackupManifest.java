package io.varve.engine.backup;

import java.util.List;

/// One backup: which moment of which store, and the files it consists of.
///
/// @param id counts the backups of a directory upwards; never used twice
/// @param storeId the store
/// @param timeline the history that the backup is a moment of
/// @param sequence the last sequence number in it
/// @param flushedSequence up to here it is tables; from here on the backup's own log can be cut
/// @param millis when it was current, in milliseconds since 1970; -1 if that is not known
/// @param copiedBytes what this backup added to the directory
/// @param files all files it needs, those that it shares included
public record BackupManifest(
    long id,
    String storeId,
    String timeline,
    long sequence,
    long flushedSequence,
    long millis,
    long copiedBytes,
    List<StoredFile> files) {

  public BackupManifest {
    files = List.copyOf(files);
  }

  /// A file of a backup.
  ///
  /// @param path where it lies, relative to the backup directory
  /// @param name what it is called in a store
  /// @param bytes its length
  /// @param crc CRC-32C of its content
  /// @param kind what a restore does with it
  public record StoredFile(String path, String name, long bytes, int crc, Kind kind) {}

  /// What a file of a backup is.
  public enum Kind {
    /// Never changes, and so may serve many backups; restored as it is.
    SHARED(1),
    /// Belongs to one backup: the log's tail, the manifest, `CURRENT`. Read and written anew.
    OWN(2);

    private final int code;

    /// @param code lies on disk: never renumber
    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /// Bytes of all files, shared ones included.
  public long bytes() {
    long sum = 0;
    for (StoredFile file : files) {
      sum += file.bytes();
    }
    return sum;
  }
}
