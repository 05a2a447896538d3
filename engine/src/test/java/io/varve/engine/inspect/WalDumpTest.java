package io.varve.engine.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FileNames;
import io.varve.engine.wal.DurabilityListener;
import io.varve.engine.wal.Wal;
import io.varve.engine.wal.WalOptions;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WalDumpTest {

  private static final Path DIRECTORY = Path.of("/db");
  private static final Path SEGMENT = FileNames.wal(DIRECTORY, 1);

  private final CrashingFileSystem files = new CrashingFileSystem();
  private final List<String> lines = new ArrayList<>();

  @BeforeEach
  void writeThreeBatches() {
    files.createDirectories(DIRECTORY);
    DurabilityListener listener =
        new DurabilityListener() {
          @Override
          public void durable(long sequence) {}

          @Override
          public void failed(EngineException cause) {
            throw cause;
          }
        };
    WalOptions options =
        WalOptions.defaults()
            .withSegmentBytes(16 << 10)
            .withSpareSegments(0)
            .withClock(() -> Instant.ofEpochMilli(1_500));
    try (Wal wal = Wal.open(files, DIRECTORY, options, 1, 0, listener)) {
      WriteBatch batch = new WriteBatch();
      for (long base = 1; base <= 5; base += 2) {
        batch.clear();
        batch.put(Slice.of("key" + base), Slice.of("v".repeat(base == 3 ? 100 : 2)));
        batch.delete(Slice.of("gone\n" + base));
        batch.setBaseSequence(base);
        wal.append(batch.encoded(), base + 1);
        wal.commit();
      }
    }
  }

  @Test
  void everyOperationIsPrinted() {
    WalDump.Summary summary = WalDump.dumpFile(files, SEGMENT, DumpFormat.TEXT, lines::add);
    assertEquals(3, summary.batches());
    assertEquals(6, summary.operations());
    assertEquals(0, summary.damages());
    assertEquals("000001.wal", lines.get(0));
    assertEquals("0 header: segment 1, continues sequence number 0, synced up to 0", lines.get(1));
    assertTrue(lines.get(2).endsWith(" time: 1970-01-01T00:00:01.500Z"), lines.get(2));
    assertEquals("  1 put key1 = vv", lines.get(4));
    assertEquals("  2 delete gone\\x0a1", lines.get(5));
    assertTrue(lines.get(7).endsWith("v... (100 bytes)"), lines.get(6));
    assertTrue(lines.getLast().endsWith("3 batches, 6 operations, 0 damaged places"));
  }

  @Test
  void jsonHasOneObjectALine() {
    WalDump.dumpFile(files, SEGMENT, DumpFormat.JSON, lines::add);
    assertEquals(6, lines.size());
    for (String line : lines) {
      assertTrue(line.startsWith("{") && line.endsWith("}"), line);
    }
    assertTrue(
        lines.get(2).contains("{\"kind\":\"put\",\"key\":\"key1\",\"value\":\"vv\"}"),
        lines.get(2));
  }

  @Test
  void aDamagedBatchIsNamedAndTheOthersArePrinted() {
    files.corrupt(SEGMENT, 120, 0x20);
    WalDump.Summary summary = WalDump.dumpFile(files, SEGMENT, DumpFormat.TEXT, lines::add);
    assertEquals(1, summary.damages());
    assertEquals(2, summary.batches());
    String damage = lines.stream().filter(l -> l.contains("DAMAGED")).findFirst().orElseThrow();
    assertTrue(damage.contains("expected checksum"), damage);
  }

  @Test
  void onlySegmentsAreDumped() {
    assertThrows(
        IllegalArgumentException.class,
        () -> WalDump.dumpFile(files, DIRECTORY.resolve("CURRENT"), DumpFormat.TEXT, lines::add));
  }
}
