package io.varve.bench.micro;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.varve.engine.bytes.Slice;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Lookup;
import io.varve.engine.memtable.HashMemtable;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// 200,000 entries with keys of 16 and values of 100 bytes, in random order. Time per entry.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders"})
public class MemtableBenchmark {

  private static final int ENTRIES = 200_000;
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private final MemorySegment keyBytes = MemorySegment.ofArray(new byte[16]);
  private final Slice key = new Slice(keyBytes, 0, 16);
  private final Slice value = Slice.of(new byte[100]);
  private final Slice found = new Slice();
  private HashMemtable filled = new HashMemtable();

  @Setup(Level.Trial)
  public void fill() {
    putAll(filled);
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public long put() {
    HashMemtable fresh = new HashMemtable();
    putAll(fresh);
    long entries = fresh.entryCount();
    fresh.release();
    return entries;
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public int get() {
    int hits = 0;
    for (int i = 0; i < ENTRIES; i++) {
      if (filled.get(key(ENTRIES - 1 - i), ENTRIES, found) == Lookup.FOUND) {
        hits++;
      }
    }
    return hits;
  }

  @TearDown
  public void free() {
    filled.release();
  }

  private void putAll(HashMemtable into) {
    for (int i = 0; i < ENTRIES; i++) {
      into.put(key(i), i + 1, EntryKind.PUT, value);
    }
  }

  private Slice key(int number) {
    keyBytes.set(JAVA_LONG_UNALIGNED, 0, number * MIX);
    keyBytes.set(JAVA_LONG_UNALIGNED, 8, number);
    return key;
  }
}
