package io.varve.bench.micro;

import io.varve.engine.sstable.BloomFilter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Asks a filter of ten bits per key for keys that are in it, and for others, in random order. Time per probe. The
/// larger filter takes 12 MB, and what is asked touches nearly all of it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders"})
public class FilterBenchmark {

  private static final double BITS_PER_KEY = 10;
  private static final int ASKED = 1 << 18;

  @Param({"10000", "10000000"})
  public int keys;

  private final Arena arena = Arena.ofShared();
  private final long[] present = new long[ASKED];
  private final long[] absent = new long[ASKED];
  private MemorySegment filter = MemorySegment.NULL;
  private long lines;
  private int probes;

  @Setup
  public void fill() {
    lines = BloomFilter.linesFor(keys, BITS_PER_KEY);
    probes = BloomFilter.probesFor(BITS_PER_KEY);
    filter = arena.allocate(lines * BloomFilter.LINE_BYTES, BloomFilter.LINE_BYTES);
    SplittableRandom random = new SplittableRandom(1);
    long[] hashes = random.longs(keys).toArray();
    for (long hash : hashes) {
      BloomFilter.add(filter, offset(hash), hash, probes);
    }
    for (int i = 0; i < ASKED; i++) {
      present[i] = hashes[random.nextInt(keys)];
      absent[i] = random.nextLong();
    }
  }

  @Benchmark
  @OperationsPerInvocation(ASKED)
  public int hit() {
    return ask(present);
  }

  @Benchmark
  @OperationsPerInvocation(ASKED)
  public int miss() {
    return ask(absent);
  }

  @TearDown
  public void free() {
    arena.close();
  }

  private int ask(long[] hashes) {
    int found = 0;
    for (long hash : hashes) {
      if (BloomFilter.mayContain(filter, offset(hash), hash, probes)) {
        found++;
      }
    }
    return found;
  }

  private long offset(long hash) {
    return BloomFilter.line(hash, lines) * BloomFilter.LINE_BYTES;
  }
}
