package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A store that is written faster than its disk can flush and merge: it takes less, and never stops.
@Timeout(120)
class EngineAdmissionTest {

  private static final Path DIRECTORY = Path.of("/store");
  private static final int VALUE_BYTES = 1000;
  private static final int WRITES = 40_000;

  private final SplittableRandom random = new SplittableRandom(9);
  private final WriteBatch batch = new WriteBatch();
  private final byte[] value = new byte[VALUE_BYTES];

  @Test
  void whoAwaitsCreditNeverMeetsAFullStopOnASlowDisk() {
    FaultInjectingFileSystem disk = new FaultInjectingFileSystem(new CrashingFileSystem());
    disk.add(
        FaultRule.on(FileOperation.WRITE)
            .files(".sst")
            .delay(() -> LockSupport.parkNanos(1_000_000)));
    try (Engine engine = Engine.open(DIRECTORY, large(disk))) {
      // One flush, so that there is something to go by.
      next();
      engine.writeDurably(batch);
      for (int i = 0; i < 1_000; i++) {
        next();
        engine.write(batch);
      }
      engine.sealMemtable();
      engine.awaitFlushed();
      for (int i = 0; i < WRITES; i++) {
        next();
        engine.awaitCredit(batch.byteSize());
        engine.write(batch);
        engine.commit();
        assertFalse(engine.isBacklogged(), "write " + i + ": " + engine.stats().admission());
      }
      AdmissionStats admission = engine.stats().admission();
      System.out.println("EngineAdmissionTest: " + admission);
      assertTrue(admission.pauses() > 0, admission.toString());
      assertEquals(engine.bytesWritten(), engine.stats().bytesWritten());
      assertTrue(engine.bytesWritten() > (long) WRITES * VALUE_BYTES);
    }
  }

  @Test
  void aStoreThatKeepsUpHasNoLimit() {
    try (Engine engine = Engine.open(DIRECTORY, TestOptions.small(new CrashingFileSystem()))) {
      next();
      engine.writeDurably(batch);
      AdmissionStats admission = engine.stats().admission();
      assertEquals(Double.POSITIVE_INFINITY, admission.bytesPerSecond());
      assertEquals(0, admission.debt().worst());
      assertEquals(0, admission.pauses());
    }
  }

  @Test
  void memtablesThatAreNotFlushedSlowWritersDownBeforeTheyStopThem() {
    FaultInjectingFileSystem disk = new FaultInjectingFileSystem(new CrashingFileSystem());
    CountDownLatch goOn = new CountDownLatch(1);
    disk.add(FaultRule.on(FileOperation.CREATE).files(".sst").delay(() -> await(goOn)));
    try (Engine engine = Engine.open(DIRECTORY, TestOptions.small(disk));
        HeldUp _ = goOn::countDown) {
      double last = Double.POSITIVE_INFINITY;
      while (!engine.isBacklogged()) {
        int sealed = engine.stats().sealedMemtables();
        while (engine.stats().sealedMemtables() == sealed) {
          next();
          engine.write(batch);
        }
        double debt = engine.stats().admission().debt().memtables();
        assertEquals(Math.clamp((sealed + 1 - 1) / 3.0, 0, 1), debt, 0.05);
        double rate = engine.stats().admission().bytesPerSecond();
        assertTrue(rate > 0 && rate <= last, rate + " after " + last);
        last = rate;
      }
      assertTrue(last < Double.POSITIVE_INFINITY);
      // Whoever writes now is taken all the same, for the credit comes even now.
      next();
      engine.awaitCredit(batch.byteSize());
      engine.write(batch);
      goOn.countDown();
      engine.commit();
      engine.awaitFlushed();
    }
  }

  @Test
  void theLimitOfTheBackgroundChangesOnAnOpenStore() {
    try (Engine engine = Engine.open(DIRECTORY, TestOptions.small(new CrashingFileSystem()))) {
      engine.setBackgroundBytesPerSecond(1 << 20);
      assertEquals(1 << 20, engine.stats().admission().backgroundBytesPerSecond());
      for (int i = 0; i < 1_000; i++) {
        next();
        engine.write(batch);
      }
      engine.setBackgroundBytesPerSecond(0);
      engine.commit();
      engine.awaitQuiet();
      assertEquals(0, engine.stats().admission().backgroundBytesPerSecond());
    }
  }

  /// Memtables that take a while to flush, as they do in life.
  private static EngineOptions large(FileSystem files) {
    return TestOptions.of(
        files, 2 << 20, 1 << 20, 4, Compression.NONE, CommitMode.INLINE, 4096, SyncPolicy.ALWAYS);
  }

  private void next() {
    random.nextBytes(value);
    batch.clear();
    batch.put(Slice.of("key:" + random.nextInt(20_000)), Slice.of(value));
  }

  /// Lets go of what a test holds up, also where it fails.
  private interface HeldUp extends AutoCloseable {
    @Override
    void close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
