package io.varve.bench.micro;

import io.varve.engine.block.Block;
import io.varve.engine.block.BlockBuilder;
import io.varve.engine.block.BlockHandle;
import io.varve.engine.block.BlockReader;
import io.varve.engine.block.BlockSearch;
import io.varve.engine.block.BlockWriter;
import io.varve.engine.block.Compression;
import io.varve.engine.bytes.Slice;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.WritableFile;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Finds each key of a block of about 4 KiB, in random order. Time per search.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders"})
public class BlockSearchBenchmark {

  private static final int ENTRIES = 32;
  private static final int RESTART_INTERVAL = 16;

  private final List<Slice> keys = new ArrayList<>();
  private @Nullable Path file;
  private @Nullable Block block;

  @Setup
  public void write() throws IOException {
    BlockBuilder builder = new BlockBuilder(RESTART_INTERVAL, 8 << 10);
    Slice value = Slice.of(new byte[100]);
    for (int i = 0; i < ENTRIES; i++) {
      Slice key = Slice.of("key:%012d".formatted(i * 7));
      builder.add(key, InternalKey.trailer(i + 1, EntryKind.PUT), value);
      keys.add(key);
    }
    Collections.shuffle(keys, new Random(1));
    DiskFileSystem files = new DiskFileSystem();
    Path path = Files.createTempDirectory("varve-micro").resolve("block");
    WritableFile writable = files.create(path);
    BlockHandle handle;
    try (BlockWriter writer = new BlockWriter(writable, 1)) {
      handle = writer.write(builder.finish(new Slice()), Compression.NONE);
      writer.flush();
    } finally {
      writable.close();
    }
    var readable = files.open(path);
    block = new BlockReader(readable, 1).read(handle.offset(), handle.length());
    readable.close();
    file = path;
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public long find() {
    Block searched = block;
    if (searched == null) {
      throw new IllegalStateException("not set up");
    }
    long exact = 0;
    for (int i = 0; i < ENTRIES; i++) {
      long found = BlockSearch.find(searched, keys.get(i), Long.MAX_VALUE);
      if (BlockSearch.isExact(found)) {
        exact++;
      }
    }
    return exact;
  }

  @TearDown
  public void delete() throws IOException {
    if (block != null) {
      block.release();
    }
    if (file != null) {
      Files.delete(file);
      Files.delete(file.getParent());
    }
  }
}
