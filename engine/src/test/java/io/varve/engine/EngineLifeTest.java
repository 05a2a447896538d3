package io.varve.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.CrashingFileSystem;
import io.varve.engine.file.FaultInjectingFileSystem;
import io.varve.engine.file.FaultRule;
import io.varve.engine.file.FileOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// What a store takes and gives back: its directory, threads, descriptors, memory; and its copies.
@Timeout(120)
class EngineLifeTest {

  @TempDir Path directory;

  private static WriteHistory fill(Engine engine, long seed, int writes) {
    WriteHistory history = new WriteHistory(seed, 2_000);
    for (int i = 0; i < writes; i++) {
      history.write(engine);
      engine.commit();
    }
    engine.writeDurably(new WriteBatch());
    return history;
  }

  @Test
  void aSecondOpeningOfADirectoryFailsWithAClearMessage() {
    Path store = directory.resolve("store");
    try (Engine engine = Engine.open(store, TestOptions.small())) {
      WriteHistory history = fill(engine, 1, 20);
      for (int i = 0; i < 2; i++) {
        StorageException refused =
            assertThrows(
                StorageException.class, () -> Engine.open(store, TestOptions.small()).close());
        assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
        assertTrue(refused.getMessage().contains(store.toString()), refused.getMessage());
      }
      // The first one did not notice.
      history.write(engine);
      engine.writeDurably(new WriteBatch());
      history.assertReads(engine, history.lastSequence(), "after the refusals");
    }
    Engine.open(store, TestOptions.small()).close();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aClosedStoreLeavesNoThreadNoDescriptorAndNoMemory() throws IOException {
    long memory = NativeMemory.allocatedBytes();
    Set<Thread> before = threads();
    for (int life = 0; life < 3; life++) {
      Path store = directory.resolve("store");
      try (Engine engine = Engine.open(store, TestOptions.small())) {
        WriteHistory history = new WriteHistory(life, 2_000);
        for (int i = 0; i < 300; i++) {
          engine.write(history.nextBatch());
          engine.commit();
        }
        engine.sealMemtable();
        engine.awaitFlushed();
        engine.compactAll();
        engine.find(Slice.of(WriteHistory.key(1)));
        assertTrue(newThreads(before).size() >= 3, "at work: " + newThreads(before));
        assertTrue(!descriptors(store).isEmpty());
        assertTrue(NativeMemory.allocatedBytes() > memory);
      }
      assertEquals(List.of(), threadsLeft(before));
      assertEquals(List.of(), descriptors(store));
      assertEquals(memory, NativeMemory.allocatedBytes(), "bytes of native memory");
    }
  }

  @Test
  void aStoreThatCannotOpenLeavesNothingBehind() {
    long memory = NativeMemory.allocatedBytes();
    Set<Thread> before = threads();
    Path store = Path.of("/store");
    CrashingFileSystem disk = new CrashingFileSystem();
    FaultInjectingFileSystem files = new FaultInjectingFileSystem(disk);
    CrashingFileSystem unclean;
    try (Engine engine = Engine.open(store, TestOptions.small(disk))) {
      fill(engine, 1, 150);
      unclean = disk.crashClone(new CrashingFileSystem.Survival.Everything());
    }
    int failures = 0;
    for (FileOperation operation : FileOperation.values()) {
      for (int nth = 1; nth <= 12; nth++) {
        CrashingFileSystem found = unclean.crashClone(new CrashingFileSystem.Survival.Everything());
        files = new FaultInjectingFileSystem(found);
        files.add(FaultRule.on(operation).nth(nth).fail("EIO"));
        try {
          Engine.open(store, TestOptions.small(files)).close();
        } catch (EngineException e) {
          failures++;
        }
        assertEquals(List.of(), threadsLeft(before), operation + " " + nth);
        assertEquals(memory, NativeMemory.allocatedBytes(), operation + " " + nth);
        files.clearRules();
        Engine.open(store, TestOptions.small(files)).close();
      }
    }
    assertTrue(failures > 15, failures + " failures");
    System.out.println("EngineLifeTest: " + failures + " openings failed, nothing left behind");
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet();
  }

  /// Waits for threads that are in their last instructions: a pool is closed a moment before them.
  private static List<String> threadsLeft(Set<Thread> before) {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!newThreads(before).isEmpty() && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
    return newThreads(before);
  }

  /// Threads of engines that were not there before; no other test runs beside this one.
  private static List<String> newThreads(Set<Thread> before) {
    return threads().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith("varve-"))
        .sorted()
        .toList();
  }

  /// Files of a directory that this process has open.
  private static List<String> descriptors(Path store) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.map(EngineLifeTest::target)
          .filter(target -> target.startsWith(store.toString()))
          .sorted()
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException gone) {
      return "";
    }
  }

  @Test
  void aCheckpointHoldsExactlyTheStateAndTheOriginalGoesOn() {
    Path copy = directory.resolve("copy");
    WriteHistory history;
    long atCheckpoint;
    try (Engine engine = Engine.open(directory.resolve("store"), TestOptions.small())) {
      history = fill(engine, 7, 300);
      engine.sealMemtable();
      engine.awaitFlushed();
      atCheckpoint = history.lastSequence();
      engine.checkpoint(copy);
      for (int i = 0; i < 300; i++) {
        history.write(engine);
        engine.commit();
      }
      engine.writeDurably(new WriteBatch());
      engine.compactAll();
      history.assertReads(engine, history.lastSequence(), "the original");
      try (Engine opened = Engine.open(copy, TestOptions.small())) {
        assertEquals(atCheckpoint, opened.lastSequence());
        history.assertReads(opened, atCheckpoint, "the checkpoint");
        // A store of its own: what it does is nothing to the other.
        WriteBatch batch = new WriteBatch();
        batch.put(Slice.of("only"), Slice.of("here"));
        opened.writeDurably(batch);
        opened.sealMemtable();
        opened.awaitFlushed();
        opened.compactAll();
        assertNotNull(opened.find(Slice.of("only")));
      }
      history.assertReads(engine, history.lastSequence(), "the original, after the copy's life");
    }
    try (Engine again = Engine.open(directory.resolve("store"), TestOptions.small())) {
      history.assertHoldsPrefix(again, history.lastSequence(), "the original, reopened");
    }
  }

  @Test
  void aCheckpointNeverGoesOverWhatIsThere() {
    Path other = directory.resolve("other");
    WriteHistory history;
    try (Engine engine = Engine.open(other, TestOptions.small())) {
      history = fill(engine, 8, 30);
    }
    try (Engine engine = Engine.open(directory.resolve("store"), TestOptions.small())) {
      StorageException refused =
          assertThrows(StorageException.class, () -> engine.checkpoint(other));
      assertTrue(refused.getMessage().contains("not empty"), refused.getMessage());
    }
    try (Engine engine = Engine.open(other, TestOptions.small())) {
      history.assertHoldsPrefix(engine, history.lastSequence(), "untouched");
    }
  }
}
