package io.varve.engine.compaction;

import io.varve.engine.version.VersionEdit;

/// What a job did: the edit that makes it count, and what it cost.
///
/// @param edit not applied yet; its tables are synced
/// @param entriesRead versions of keys that went in
/// @param entriesWritten versions of keys that came out
/// @param bytesRead bytes of the input files, 0 for a flush
/// @param bytesWritten bytes of the output files
public record JobResult(
    VersionEdit edit, long entriesRead, long entriesWritten, long bytesRead, long bytesWritten) {

  /// Shadowed versions, tombstones that had done their work, and what the filter did not want.
  public long entriesDropped() {
    return entriesRead - entriesWritten;
  }
}
