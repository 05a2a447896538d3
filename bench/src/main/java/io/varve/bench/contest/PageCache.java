package io.varve.bench.contest;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/// Takes files out of the operating system's page cache, so that the next read of them goes to the disk.
///
/// With `posix_fadvise`, file by file: that needs no privilege and leaves what others have cached alone,
/// unlike `/proc/sys/vm/drop_caches`.
final class PageCache {

  private static final int O_RDONLY = 0;

  /// `POSIX_FADV_DONTNEED` on Linux.
  private static final int DONT_NEED = 4;

  private PageCache() {}

  /// Syncs every file of a directory and drops its pages.
  ///
  /// @return whether that worked: it is the case on Linux only
  static boolean evict(Path directory) throws IOException {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return false;
    }
    Linker linker = Linker.nativeLinker();
    MethodHandle open =
        handle(linker, "open", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    MethodHandle sync = handle(linker, "fsync", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    MethodHandle close = handle(linker, "close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    MethodHandle advise =
        handle(
            linker,
            "posix_fadvise",
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT);
    boolean all = true;
    try (Arena arena = Arena.ofConfined();
        Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        MemorySegment name = arena.allocateFrom(file.toString());
        int descriptor = (int) open.invokeExact(name, O_RDONLY);
        if (descriptor < 0) {
          all = false;
          continue;
        }
        all &= (int) sync.invokeExact(descriptor) == 0;
        all &= (int) advise.invokeExact(descriptor, 0L, 0L, DONT_NEED) == 0;
        all &= (int) close.invokeExact(descriptor) == 0;
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library threw", e);
    }
    return all;
  }

  private static MethodHandle handle(
      Linker linker, String name, ValueLayout result, java.lang.foreign.MemoryLayout... arguments) {
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }
}
