package io.varve.bench.torture;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// Cuts a mounted file system of ext4 or xfs off its disk, as a power cut does: from then on nothing reaches
/// the disk, and what was only in memory is gone once it is unmounted.
///
/// The request is `_IOR('X', 125, __u32)`, `EXT4_IOC_SHUTDOWN` in `fs/ext4/ext4.h` and `XFS_IOC_GOINGDOWN` in
/// `fs/xfs/libxfs/xfs_fs.h`, for root only. It has no counterpart in Java, hence the call of the C library.
enum PowerCut {
  /// The journal reaches the disk, data that was not synced does not.
  JOURNAL_FLUSHED(1),
  /// Neither does.
  NOTHING_FLUSHED(2);

  private static final long REQUEST = 0x8004587DL;

  private final int flags;

  PowerCut(int flags) {
    this.flags = flags;
  }

  /// @param folder where the file system is mounted
  void strike(Path folder) throws IOException {
    Linker linker = Linker.nativeLinker();
    MethodHandle open =
        linker.downcallHandle(
            linker.defaultLookup().find("open").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    MethodHandle ioctl =
        linker.downcallHandle(
            linker.defaultLookup().find("ioctl").orElseThrow(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));
    MethodHandle close =
        linker.downcallHandle(
            linker.defaultLookup().find("close").orElseThrow(),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment argument = arena.allocateFrom(ValueLayout.JAVA_INT, flags);
      int descriptor = (int) open.invokeExact(arena.allocateFrom(folder.toString()), 0);
      if (descriptor < 0) {
        throw new IOException("cannot open " + folder);
      }
      int result = (int) ioctl.invokeExact(descriptor, REQUEST, argument);
      int closed = (int) close.invokeExact(descriptor);
      if (result != 0 || closed != 0) {
        throw new IOException("cannot cut " + folder + " off its disk: not ext4, xfs or not root?");
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
