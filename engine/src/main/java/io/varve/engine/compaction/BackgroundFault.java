package io.varve.engine.compaction;

import org.jspecify.annotations.Nullable;

/// What the roof is told of faults in the background. A record per event; `toString` is one line.
///
/// @param kind what it means
/// @param what the work that failed
/// @param cause why; null for [Kind#RECOVERED]
/// @param retryMillis milliseconds until the next try, 0 if there is none
public record BackgroundFault(Kind kind, String what, @Nullable Throwable cause, long retryMillis) {

  /// What a fault means for the store.
  public enum Kind {
    /// A flush failed, as on a full disk; it is tried again. Memtables pile up meanwhile.
    FLUSH_DELAYED,
    /// A merge failed and is tried again.
    MERGE_DELAYED,
    /// Work that had been delayed succeeds again.
    RECOVERED,
    /// A table is damaged: the merge is given up and its damaged input left alone from now on.
    TABLE_DAMAGED,
    /// The manifest can take no edit any more: no flush and no merge will ever count.
    MANIFEST_POISONED,
    /// A bug: the work is given up.
    BUG
  }
}
