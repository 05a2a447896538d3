package io.varve.server.command;

/// One level of the store: what it holds, and what it has cost reads since the start.
///
/// @param level 0 is the youngest
/// @param runs sorted runs: what a read may have to ask
/// @param tables files
/// @param bytes bytes of those files
/// @param entries versions of keys in them, tombstones included
/// @param tombstones tombstones among them
/// @param rangeTombstones range tombstones, which are no entries
/// @param valueBytes bytes of large values that its tables refer to in value files
/// @param readIos blocks read from disk for reads
/// @param filterProbes questions to the filters
/// @param filterNegatives questions that saved a look into a table
/// @param filterFalsePositives questions answered maybe where the table did not hold the key
public record LevelReport(
    int level,
    int runs,
    int tables,
    long bytes,
    long entries,
    long tombstones,
    long rangeTombstones,
    long valueBytes,
    long readIos,
    long filterProbes,
    long filterNegatives,
    long filterFalsePositives) {}
