package io.varve.engine.bytes;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.LongAdder;

/// Memory from the C allocator, given back by hand: for blocks that come and go by the thousand.
///
/// An arena of the JDK costs a handshake of all threads per close or waits for the collector, and
/// the block cache has to be bounded in bytes at every moment. Who allocates counts references
/// (`engine.block`); reading freed memory would be a fault of the process, so segments never leave
/// the engine without a reference held. Alternatives tried on paper: blocks on the heap (collector
/// work in proportion to the cache), slabs of one size (waste with compressed blocks).
public final class NativeMemory {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle MALLOC =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("malloc"),
          FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
  private static final MethodHandle CALLOC =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("calloc"),
          FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
  private static final MethodHandle FREE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("free"),
          FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

  /// The whole address space as one segment, for structures that keep bare addresses.
  ///
  /// A constant, so that the compiler folds its bounds and its scope and an access is one
  /// instruction. It checks nothing: only for addresses that lie in memory allocated here and held.
  public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final LongAdder ALLOCATED_BYTES = new LongAdder();

  private NativeMemory() {}

  /// Allocates `bytes` of uninitialised memory (at least 1).
  public static MemorySegment allocate(long bytes) {
    long size = Math.max(1, bytes);
    MemorySegment address;
    try {
      address = (MemorySegment) MALLOC.invokeExact(size);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
    return counted(address, size);
  }

  /// Allocates `bytes` (at least 1) of zeros. Large pieces come from the system as zero pages, which
  /// cost nothing before they are touched.
  public static MemorySegment allocateZeroed(long bytes) {
    long size = Math.max(1, bytes);
    MemorySegment address;
    try {
      address = (MemorySegment) CALLOC.invokeExact(size, 1L);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
    return counted(address, size);
  }

  private static MemorySegment counted(MemorySegment address, long size) {
    if (address.address() == 0) {
      throw new OutOfMemoryError("no native memory for " + size + " bytes");
    }
    ALLOCATED_BYTES.add(size);
    return address.reinterpret(size);
  }

  /// Gives back what [#allocate(long)] returned. Nobody may touch the segment afterwards.
  public static void free(MemorySegment segment) {
    ALLOCATED_BYTES.add(-segment.byteSize());
    try {
      FREE.invokeExact(segment);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  /// Bytes allocated and not yet freed, over the whole process.
  public static long allocatedBytes() {
    return ALLOCATED_BYTES.sum();
  }
}
