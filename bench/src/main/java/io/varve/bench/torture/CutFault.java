package io.varve.bench.torture;

import io.varve.bench.process.ServerProcess;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A power cut under writes: the file system below the store is cut off its disk, the server is killed, and
/// both come back with what had reached the disk.
///
/// @param fileSystem `ext4` or `xfs`
record CutFault(String fileSystem) implements Fault {

  /// More than the least that mkfs.xfs accepts, which is 300 MiB.
  private static final long DISK_BYTES = 512L << 20;

  private static final int WRITING_MILLIS_MIN = 20;
  private static final int WRITING_MILLIS_MAX = 1_500;

  /// Between the cut and the kill the server goes on without a disk, for up to this long.
  private static final int AFTERLIFE_MILLIS_MAX = 100;

  @Override
  public @Nullable String obstacle() {
    return Fault.obstacle(fileSystem);
  }

  @Override
  public void run(Ground ground, long deadlineNanos) throws IOException, InterruptedException {
    LoopDisk disk = LoopDisk.make(ground.scratch(), fileSystem, DISK_BYTES, ground.cleanup());
    ServerProcess server = ground.start(disk.store());
    do {
      if (server == null) {
        return;
      }
      ground.tally().round();
      PowerCut cut =
          ground.random().nextBoolean() ? PowerCut.JOURNAL_FLUSHED : PowerCut.NOTHING_FLUSHED;
      ground.crowd().start(server.target(), Writer.Refusal.UNDECIDED);
      ground.pause(WRITING_MILLIS_MIN, WRITING_MILLIS_MAX);
      ground.expectAlive(server);
      cut.strike(disk.folder());
      ground.pause(0, AFTERLIFE_MILLIS_MAX);
      server.kill();
      ground.crowd().stop();
      disk.unmount();
      disk.mount();
      server = ground.start(disk.store());
      if (server != null) {
        ground.crowd().check(server.target());
      }
    } while (ground.goesOn(deadlineNanos));
    if (server != null) {
      server.kill();
    }
  }
}
