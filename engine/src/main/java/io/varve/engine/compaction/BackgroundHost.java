package io.varve.engine.compaction;

import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.version.Version;
import org.jspecify.annotations.Nullable;

/// What background work needs from above. The roof implements it. Called on background threads; none
/// of it may wait for background work.
public interface BackgroundHost {

  /// The oldest sealed memtable that is not in a table yet, or null. Returned again until
  /// [#flushed] has been called for it.
  @Nullable FlushSource nextFlush();

  /// Who may still read what, as of now.
  SnapshotBounds snapshots();

  /// What nobody wants any more.
  CompactionFilter filter();

  /// Tables with all of a memtable are written and are about to be installed.
  void flushing(FlushSource source);

  /// A memtable is in tables, durably: it may go, and so may the log behind it.
  ///
  /// @param version the version with the tables; retained during the call only
  void flushed(FlushSource source, Version version);

  /// Tables were merged, moved or dropped.
  ///
  /// @param version the new version; retained during the call only
  void versionChanged(Version version);

  /// Something went wrong in the background, or is well again.
  void faulted(BackgroundFault fault);
}
