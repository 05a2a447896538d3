package io.varve.server.command;

/// Memory of the process, in bytes.
///
/// @param used heap in use and native memory allocated
/// @param peak largest `used` that was seen
/// @param resident what the operating system counts as the process's own; 0 where it does not tell
/// @param startup `used` when the server was ready
/// @param heap heap in use
/// @param heapMax bound of the heap
/// @param nativeBytes allocated outside the heap
/// @param blockCache share of the native memory that caches blocks
/// @param memtables share of the native memory that holds memtables
/// @param clients buffers of the connections
public record MemoryUse(
    long used,
    long peak,
    long resident,
    long startup,
    long heap,
    long heapMax,
    long nativeBytes,
    long blockCache,
    long memtables,
    long clients) {}
