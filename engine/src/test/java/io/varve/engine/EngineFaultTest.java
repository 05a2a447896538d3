package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import io.varve.engine.file.FileSystem;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.Lookup;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.DurabilityListener;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// One operation on the disk fails, each in turn: nothing is acknowledged that is not safe, what is
/// durable stays readable, and what opens afterwards is a prefix with all that was acknowledged.
@Timeout(300)
class EngineFaultTest {

  private static final Path DIRECTORY = Path.of("/store");
  private static final int WRITES = 160;

  /// How many different operations fail, at most, per kind.
  private static final int FAULTS_MAX = Integer.getInteger("varve.faults", 24);

  private static EngineOptions options(FileSystem files, CommitMode mode) {
    return TestOptions.of(files, 64 << 10, 0, 2, Compression.NONE, mode, 1024, SyncPolicy.ALWAYS);
  }

  /// What a listener was told, in order.
  private static final class Acknowledged implements DurabilityListener {
    private final AtomicLong last = new AtomicLong();
    private volatile long atFailure = -1;

    @Override
    public void durable(long sequence) {
      assertTrue(atFailure < 0, "acknowledged " + sequence + " after the failure");
      last.set(sequence);
    }

    @Override
    public void failed(EngineException cause) {
      assertTrue(atFailure < 0, "a failure told twice");
      atFailure = last.get();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SYNC,.wal,INLINE,true",
    "SYNC,.wal,THREADED,true",
    "WRITE,.wal,INLINE,false",
    "WRITE,.wal,THREADED,false",
    "SYNC,.sst,INLINE,true",
    "WRITE,.sst,INLINE,false",
    "CREATE,.sst,INLINE,false",
    "SYNC,MANIFEST,INLINE,true",
    "WRITE,MANIFEST,INLINE,false",
    "CREATE,MANIFEST,INLINE,false",
    "RENAME,'',INLINE,false",
    "CREATE,'',INLINE,false",
    "SYNC_DIRECTORY,'',INLINE,false",
    "DELETE,'',INLINE,false",
    "OPEN,.sst,INLINE,false",
    "READ,.sst,INLINE,false"
  })
  void aFaultLosesNothingThatWasAcknowledged(
      FileOperation operation, String file, CommitMode mode, boolean pagesLost) {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    String what = operation + " of *" + file + "* " + mode + " seed " + seed;
    int faults = 0;
    int poisoned = 0;
    long nth = 1;
    boolean struck = true;
    while (struck && faults < FAULTS_MAX) {
      CrashingFileSystem disk = new CrashingFileSystem();
      FaultInjectingFileSystem files = new FaultInjectingFileSystem(disk);
      FaultRule.Draft draft = new FaultRule.Draft(operation, name -> name.contains(file), nth, nth);
      FaultRule rule = files.add(pagesLost ? draft.failAndLose("EIO") : draft.fail("EIO"));
      String hint = what + " nth " + nth;
      poisoned += liveWithFault(disk, files, mode, seed + nth, hint);
      struck = rule.seen() >= nth;
      faults += struck ? 1 : 0;
      // Densely where opening and the first writes are, then in growing steps.
      nth += 1 + nth / 6;
    }
    assertTrue(faults > 0, what + " never struck");
    System.out.println(
        "EngineFaultTest "
            + what
            + ": "
            + faults
            + " faults, "
            + poisoned
            + " of them ended writing; acknowledged after it 0, lost 0");
  }

  /// One life with a fault, then two checks: the process goes on, or the power is cut.
  ///
  /// @return 1 if the fault ended all writing
  private static int liveWithFault(
      CrashingFileSystem disk,
      FaultInjectingFileSystem files,
      CommitMode mode,
      long seed,
      String hint) {
    WriteHistory history = new WriteHistory(seed, 2_000);
    long acknowledged = 0;
    boolean poisoned = false;
    @Nullable Engine engine = null;
    try {
      engine = Engine.open(DIRECTORY, options(files, mode));
    } catch (EngineException e) {
      // A store that does not open has acknowledged nothing.
    }
    if (engine != null) {
      Acknowledged listener = new Acknowledged();
      engine.addDurabilityListener(listener);
      write(engine, history);
      acknowledged = Math.max(listener.last.get(), engine.durableSequence());
      poisoned = engine.failure() != null;
      if (poisoned) {
        assertNothingIsTaken(engine, hint);
        readWhatIsDurable(engine, history, acknowledged, hint);
        while (listener.atFailure < 0) {
          Thread.onSpinWait(); // The log knows a moment before it tells.
        }
        assertEquals(listener.atFailure, listener.last.get(), hint);
      } else {
        readWhatIsDurable(engine, history, acknowledged, hint);
      }
      closeWhateverHappens(engine);
      assertEquals(acknowledged, Math.max(acknowledged, listener.last.get()), hint);
    }
    files.clearRules();
    CrashingFileSystem afterPowerCut = disk.crashClone(new Survival.Synced());
    try (Engine again = Engine.open(DIRECTORY, options(files, mode))) {
      history.assertHoldsPrefix(again, acknowledged, hint + ", reopened");
    }
    try (Engine again = Engine.open(DIRECTORY, options(afterPowerCut, mode))) {
      history.assertHoldsPrefix(again, acknowledged, hint + ", after a power cut");
    }
    return poisoned ? 1 : 0;
  }

  private static void write(Engine engine, WriteHistory history) {
    for (int i = 0; i < WRITES && engine.failure() == null; i++) {
      try {
        history.write(engine);
        engine.commit();
        if (i % 5 == 0) {
          engine.writeDurably(new WriteBatch());
        }
      } catch (StorageException refused) {
        // Nothing was changed by a write that is refused; a group that failed ends the loop.
      }
    }
    try {
      engine.writeDurably(new WriteBatch());
    } catch (StorageException failed) {
      assertTrue(engine.failure() != null, "a failure that is not remembered: " + failed);
    }
  }

  private static void assertNothingIsTaken(Engine engine, String hint) {
    long durable = engine.durableSequence();
    WriteBatch batch = new WriteBatch();
    batch.put(Slice.of("late"), Slice.of("too late"));
    for (int i = 0; i < 3; i++) {
      StorageException refusal =
          assertThrows(StorageException.class, () -> engine.writeDurably(batch), hint);
      assertTrue(String.valueOf(refusal.getMessage()).contains("EIO"), refusal.getMessage());
    }
    assertEquals(durable, engine.durableSequence(), hint);
  }

  /// A read may fail once, where the fault strikes it; it is never wrong.
  private static void readWhatIsDurable(
      Engine engine, WriteHistory history, long acknowledged, String hint) {
    long sequence = engine.durableSequence();
    assertTrue(sequence >= acknowledged, hint);
    try {
      history.assertReads(engine, sequence, hint);
    } catch (StorageException once) {
      history.assertReads(engine, sequence, hint + ", read again after " + once.getMessage());
    }
  }

  private static void closeWhateverHappens(Engine engine) {
    try {
      engine.close();
    } catch (EngineException failed) {
      // Whatever it is, the directory is free: the next open shows it.
    }
  }

  @Test
  void aReadErrorIsAnErrorAndNeverAMissingKey() {
    CrashingFileSystem disk = new CrashingFileSystem();
    FaultInjectingFileSystem files = new FaultInjectingFileSystem(disk);
    WriteHistory history = new WriteHistory(1, 2_000);
    int errors = 0;
    int answers = 0;
    try (Engine engine = Engine.open(DIRECTORY, options(files, CommitMode.INLINE))) {
      write(engine, history);
      engine.sealMemtable();
      engine.awaitFlushed();
      engine.awaitQuiet();
      var content = history.contentAt(history.lastSequence());
      for (int nth = 1; nth <= 40; nth++) {
        files.clearRules();
        files.add(FaultRule.on(FileOperation.READ).files(".sst").nth(nth).fail("EIO"));
        ReadContext reads = new ReadContext();
        try (ReadView view = engine.acquireView()) {
          Slice value = new Slice();
          for (int i = 0; i < 40; i++) {
            String key = WriteHistory.key(i);
            try {
              Lookup found = engine.get(view, Slice.of(key), history.lastSequence(), reads, value);
              assertEquals(content.get(key), found == Lookup.FOUND ? value.toUtf8() : null, key);
              answers++;
            } catch (StorageException e) {
              errors++;
            }
            reads.reset();
          }
          assertThrowsOrWalksAll(engine, view, history, nth);
        }
      }
    }
    assertTrue(errors >= 20, errors + " errors");
    System.out.println(
        "EngineFaultTest reads: " + errors + " errors, " + answers + " answers, wrong 0");
  }

  private static void assertThrowsOrWalksAll(
      Engine engine, ReadView view, WriteHistory history, int nth) {
    ReadContext reads = new ReadContext();
    int walked = 0;
    try (KeyValueIterator iterator = engine.iterator(view, history.lastSequence(), reads)) {
      for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
        walked++;
      }
    } catch (StorageException e) {
      return;
    } finally {
      reads.reset();
    }
    assertEquals(history.contentAt(history.lastSequence()).size(), walked, "fault " + nth);
  }

  @Test
  void aLogThatFailsWhileClosingStillFreesTheDirectory() {
    CrashingFileSystem disk = new CrashingFileSystem();
    FaultInjectingFileSystem files = new FaultInjectingFileSystem(disk);
    EngineOptions options =
        TestOptions.of(
            files, 64 << 10, 0, 2, Compression.NONE, CommitMode.INLINE, 1024, SyncPolicy.NEVER);
    Engine engine = Engine.open(DIRECTORY, options);
    new WriteHistory(1, 100).write(engine);
    engine.commit();
    // No table either, or the log would not be needed any more.
    files.add(FaultRule.on(FileOperation.CREATE).files(".sst").fail("EIO"));
    files.add(FaultRule.on(FileOperation.SYNC).files(".wal").failAndLose("EIO"));
    assertThrows(StorageException.class, engine::close);
    files.clearRules();
    Engine.open(DIRECTORY, options).close();
  }

  @Test
  void aClosedStoreSaysSo() {
    CrashingFileSystem disk = new CrashingFileSystem();
    Engine engine = Engine.open(DIRECTORY, options(disk, CommitMode.INLINE));
    engine.close();
    assertThrows(IllegalStateException.class, engine::acquireView);
    assertThrows(IllegalStateException.class, engine::stats);
  }
}
