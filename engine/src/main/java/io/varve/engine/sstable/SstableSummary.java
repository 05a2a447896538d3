package io.varve.engine.sstable;

/// What a finished table holds: all that versions and planners need to know of it.
///
/// @param fileNumber the table's number
/// @param fileBytes size of the file
/// @param entryCount versions of keys, tombstones among them
/// @param tombstoneCount tombstones among the entries
/// @param rangeTombstoneCount range tombstones, which are no entries
/// @param bounds of entries and range tombstones
/// @param smallestSequence smallest sequence number of an entry or range tombstone
/// @param largestSequence largest sequence number of an entry or range tombstone
/// @param rawKeyBytes bytes of internal keys before compression
/// @param rawValueBytes bytes of values before compression
/// @param firstExpiryMillis least expiry of an entry, [io.varve.engine.key.Expiry#NEVER] if none expires
/// @param lastExpiryMillis time from which on no entry has a value, `NEVER` if one of them never
///     expires, 0 if there is nothing but tombstones
public record SstableSummary(
    long fileNumber,
    long fileBytes,
    long entryCount,
    long tombstoneCount,
    int rangeTombstoneCount,
    TableBounds bounds,
    long smallestSequence,
    long largestSequence,
    long rawKeyBytes,
    long rawValueBytes,
    long firstExpiryMillis,
    long lastExpiryMillis) {}
