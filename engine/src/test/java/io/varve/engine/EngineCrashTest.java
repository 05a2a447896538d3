package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.CrashingFileSystem.Survival;
import io.varve.engine.file.FileSystem;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Power cuts and deaths of the process before operations on the disk, while memtables are flushed,
/// tables merged and log segments changed: what opens is a prefix with all that was acknowledged.
@Timeout(300)
class EngineCrashTest {

  private static final Path DIRECTORY = Path.of("/store");
  private static final int WRITES = Integer.getInteger("varve.crash.writes", 350);

  /// One in so many crashes is followed by a second opening, and by more crashes during the first.
  private static final int CUTS_PER_SECOND_LOOK = 12;

  /// A disk as it was found.
  private record Cut(CrashingFileSystem disk, long acknowledged, String at) {}

  private static EngineOptions options(FileSystem files, CommitMode mode) {
    // More than half of the values lie apart.
    return TestOptions.of(
            files, 64 << 10, 64 << 10, 2, Compression.LZ4, mode, 1024, SyncPolicy.ALWAYS)
        .toBuilder()
        .largeValueBytes(700)
        .build();
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void whatOpensAfterACrashIsAPrefixWithAllThatWasAcknowledged(CommitMode mode) {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("EngineCrashTest " + mode + " seed " + seed);
    WriteHistory history = new WriteHistory(seed, 2_000);
    AtomicLong operations = new AtomicLong();
    List<Cut> cuts = run(history, mode, seed, operations);
    long nested = 0;
    SplittableRandom random = new SplittableRandom(seed);
    for (Cut cut : cuts) {
      boolean secondLook = random.nextInt(CUTS_PER_SECOND_LOOK) == 0;
      if (secondLook) {
        for (Cut again : crashWhileOpening(cut, mode, random.nextLong())) {
          checkOpens(again, history, mode);
          nested++;
        }
      }
      checkOpens(cut, history, mode);
      if (secondLook) {
        checkOpens(cut, history, mode);
      }
    }
    System.out.println(
        "EngineCrashTest "
            + mode
            + ": "
            + operations
            + " operations, "
            + cuts.size()
            + " crashes, "
            + nested
            + " more during recoveries; lost 0, prefix violations 0");
    assertTrue(cuts.size() > 100, "too few crashes");
  }

  private static List<Cut> run(
      WriteHistory history, CommitMode mode, long seed, AtomicLong operations) {
    CrashingFileSystem files = new CrashingFileSystem();
    List<Cut> cuts = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(seed);
    SplittableRandom draws = random.split();
    try (Engine engine = Engine.open(DIRECTORY, options(files, mode))) {
      // Called with the disk held still, by whichever thread is about to change it.
      files.watch(
          (operation, file) -> {
            operations.incrementAndGet();
            long acknowledged = engine.durableSequence();
            String at = "seed " + seed + " cut " + cuts.size() + " before " + operation;
            cuts.add(new Cut(files.crashClone(survival(draws)), acknowledged, at + " " + file));
          });
      for (int i = 0; i < WRITES; i++) {
        long last = history.write(engine);
        if (random.nextInt(3) > 0) {
          engine.commit();
        }
        if (random.nextInt(8) == 0) {
          engine.writeDurably(new WriteBatch());
          assertTrue(engine.durableSequence() >= last);
        }
        if (random.nextInt(120) == 0) {
          engine.sealMemtable();
          engine.awaitQuiet();
        }
      }
      engine.commit();
      engine.awaitQuiet();
      history.assertReads(engine, engine.lastSequence(), "seed " + seed + " before the end");
    }
    files.watch(null);
    cuts.add(
        new Cut(
            files.crashClone(new Survival.Synced()), history.lastSequence(), "after the close"));
    return cuts;
  }

  /// Opens a disk and loses power again while it is recovering.
  private static List<Cut> crashWhileOpening(Cut first, CommitMode mode, long seed) {
    List<Cut> cuts = new ArrayList<>();
    SplittableRandom draws = new SplittableRandom(seed);
    CrashingFileSystem disk = first.disk().crashClone(new Survival.Everything());
    disk.watch(
        (operation, file) -> {
          if (cuts.size() < 12 && draws.nextInt(3) == 0) {
            String at = first.at() + ", opened, seed " + seed + " before " + operation + " " + file;
            cuts.add(new Cut(disk.crashClone(survival(draws)), first.acknowledged(), at));
          }
        });
    Engine.open(DIRECTORY, options(disk, mode)).close();
    disk.watch(null);
    return cuts;
  }

  private static void checkOpens(Cut cut, WriteHistory history, CommitMode mode) {
    try (Engine engine = Engine.open(DIRECTORY, options(cut.disk(), mode))) {
      history.assertHoldsPrefix(engine, cut.acknowledged(), cut.at());
    } catch (RuntimeException e) {
      throw new AssertionError(cut.at(), e);
    }
  }

  private static Survival survival(SplittableRandom draws) {
    return switch (draws.nextInt(4)) {
      case 0 -> new Survival.Synced();
      case 1 -> new Survival.Everything();
      default -> new Survival.Drawn(draws.nextLong(), draws.nextInt(101));
    };
  }

  @ParameterizedTest
  @EnumSource(value = SyncPolicy.class, names = "ALWAYS", mode = EnumSource.Mode.EXCLUDE)
  void withoutASyncPerWriteAPowerCutStillLeavesAPrefix(SyncPolicy policy) {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    System.out.println("EngineCrashTest " + policy + " seed " + seed);
    WriteHistory history = new WriteHistory(seed, 2_000);
    CrashingFileSystem files = new CrashingFileSystem();
    SplittableRandom draws = new SplittableRandom(seed);
    List<Cut> cuts = new ArrayList<>();
    EngineOptions options =
        TestOptions.of(
            files, 64 << 10, 64 << 10, 2, Compression.NONE, CommitMode.AUTO, 1024, policy);
    try (Engine engine = Engine.open(DIRECTORY, options)) {
      files.watch(
          (operation, file) -> {
            if (draws.nextInt(3) == 0) {
              boolean process = draws.nextInt(3) == 0;
              // The death of the process alone loses nothing that was acknowledged.
              long acknowledged = process ? engine.durableSequence() : 0;
              Survival survival = process ? new Survival.Everything() : survival(draws);
              String at = policy + " seed " + seed + " cut " + cuts.size() + " before " + operation;
              cuts.add(new Cut(files.crashClone(survival), acknowledged, at + " " + file));
            }
          });
      for (int i = 0; i < WRITES; i++) {
        history.write(engine);
        engine.commit();
      }
      engine.awaitQuiet();
    }
    files.watch(null);
    assertTrue(cuts.size() > 30, "too few crashes");
    for (Cut cut : cuts) {
      checkOpens(cut, history, CommitMode.INLINE);
    }
    System.out.println("EngineCrashTest " + policy + ": " + cuts.size() + " crashes, holes 0");
  }
}
