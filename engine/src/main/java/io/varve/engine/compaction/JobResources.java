package io.varve.engine.compaction;

import io.varve.engine.file.FileSystem;
import io.varve.engine.sstable.TableCache;
import io.varve.engine.version.VersionSet;
import java.time.InstantSource;

/// What flushes and merges work with; all of it is safe from several threads.
///
/// @param files where tables are written
/// @param versions hands out file numbers and versions
/// @param tables opens inputs
/// @param formats how outputs are written
/// @param largeValues where values that lie apart are read, and which are written apart
/// @param clock tells what has expired, and dates tables
public record JobResources(
    FileSystem files,
    VersionSet versions,
    TableCache tables,
    TableFormats formats,
    LargeValueStore largeValues,
    InstantSource clock) {}
