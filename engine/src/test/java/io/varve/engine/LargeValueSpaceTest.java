package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.wal.CommitMode;
import io.varve.engine.wal.SyncPolicy;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The space cap holds for values that lie apart: what is overwritten comes back, and not at any price.
@Timeout(300)
class LargeValueSpaceTest {

  private static final Path DIRECTORY = Path.of("/store");
  private static final int KEYS = Integer.getInteger("varve.values.keys", 512);
  private static final int BYTES = 16 << 10;
  private static final int ROUNDS = 20;
  private static final long LIVE_BYTES = (long) KEYS * BYTES;

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final WriteBatch batch = new WriteBatch();

  private final EngineOptions options =
      TestOptions.of(
              files,
              256 << 10,
              1 << 20,
              8,
              Compression.NONE,
              CommitMode.INLINE,
              4096,
              SyncPolicy.NEVER)
          .toBuilder()
          .tableBytes(256 << 10)
          .largeValueBytes(4 << 10)
          .build();

  private static byte[] value(SplittableRandom random) {
    byte[] value = new byte[BYTES];
    random.nextBytes(value);
    return value;
  }

  private void put(Engine engine, int key, byte[] value) {
    batch.clear();
    batch.put(Slice.of("key" + (100_000 + key)), Slice.of(value));
    engine.write(batch);
    engine.commit();
  }

  /// Bytes of tables and value files, temporary ones included.
  private long spaceBytes() {
    long sum = 0;
    for (String name : files.list(DIRECTORY)) {
      if (name.endsWith(".sst") || name.endsWith(".val")) {
        sum += sizeOf(DIRECTORY.resolve(name));
      }
    }
    return sum;
  }

  /// Nothing if it was deleted since it was listed.
  private long sizeOf(Path file) {
    try {
      return files.size(file);
    } catch (StorageException gone) {
      return 0;
    }
  }

  @Test
  void valuesThatAreOverwrittenAllOverStayWithinTheCap() {
    long seed = Long.getLong("varve.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    byte[][] model = new byte[KEYS][];
    double worst = 0;
    double amplification;
    try (Engine engine = Engine.open(DIRECTORY, options)) {
      for (int i = 0; i < KEYS; i++) {
        model[i] = value(random);
        put(engine, i, model[i]);
      }
      for (int round = 1; round < ROUNDS; round++) {
        for (int i = 0; i < KEYS; i++) {
          int key = random.nextInt(KEYS);
          model[key] = value(random);
          put(engine, key, model[key]);
        }
        engine.sealMemtable();
        engine.awaitFlushed();
        engine.awaitQuiet();
        worst = Math.max(worst, (double) spaceBytes() / LIVE_BYTES);
      }
      amplification = engine.stats().compaction().writeAmplification();
      for (int i = 0; i < KEYS; i++) {
        assertArrayEquals(model[i], engine.find(Slice.of("key" + (100_000 + i))), "seed " + seed);
      }
    }
    double atRest = (double) spaceBytes() / LIVE_BYTES;
    System.out.printf(
        "LargeValueSpaceTest seed %d: space %.2f of live data at rest, %.2f at worst after a round;"
            + " write amplification without the log %.2f%n",
        seed, atRest, worst, amplification);
    assertTrue(atRest <= 1.6, "space " + atRest + ", seed " + seed);
    assertTrue(worst <= 1.6, "space " + worst + ", seed " + seed);
  }

  @Test
  void anOverwriteOfAFewHotKeysLeavesNothingBehind() {
    SplittableRandom random = new SplittableRandom(1);
    try (Engine engine = Engine.open(DIRECTORY, options)) {
      for (int i = 0; i < KEYS; i++) {
        put(engine, i, value(random));
      }
      for (int i = 0; i < 4 * KEYS; i++) {
        put(engine, random.nextInt(8), value(random));
      }
      engine.sealMemtable();
      engine.awaitFlushed();
      engine.awaitQuiet();
    }
    double atRest = (double) spaceBytes() / LIVE_BYTES;
    assertTrue(atRest <= 1.6, "space " + atRest);
  }
}
