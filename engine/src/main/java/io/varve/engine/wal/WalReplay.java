package io.varve.engine.wal;

import java.util.List;

/// What a replay found.
///
/// @param lastSequence the last sequence number that the log has, or the one that replay began with
/// @param nextSegment the number for the first new segment, above all that exist
/// @param batches batches replayed
/// @param bytes bytes of these batches
/// @param segments segments that had records
/// @param tails for each segment that does not simply end with zeros: why its records end where they
///     end, for the event log
public record WalReplay(
    long lastSequence,
    long nextSegment,
    long batches,
    long bytes,
    int segments,
    List<String> tails) {

  public WalReplay {
    tails = List.copyOf(tails);
  }
}
