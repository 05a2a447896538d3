package io.varve.bench.micro;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.MergingIterator;
import io.varve.engine.key.EntryKind;
import io.varve.engine.memtable.HashMemtable;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
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

/// Walks sorted sources as one; each entry lies in another source than the one before it, which is the worst
/// case of the heap. Time per entry.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders"})
public class MergeBenchmark {

  private static final int ENTRIES = 80_000;

  @Param({"1", "4", "16"})
  public int sources;

  private final List<HashMemtable> memtables = new ArrayList<>();
  private final List<EntryIterator> iterators = new ArrayList<>();

  @Setup
  public void fill() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[16]);
    Slice key = new Slice(bytes, 0, 16);
    Slice value = Slice.of(new byte[100]);
    for (int source = 0; source < sources; source++) {
      HashMemtable memtable = new HashMemtable();
      for (int i = source; i < ENTRIES; i += sources) {
        bytes.set(JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 8, i);
        memtable.put(key, i + 1, EntryKind.PUT, value);
      }
      memtables.add(memtable);
      iterators.add(memtable.iterator());
    }
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public long walk() {
    // Not closed: that would close the sources, which are walked again.
    EntryIterator merged = new MergingIterator(iterators);
    long sum = 0;
    for (merged.seekToFirst(); merged.isValid(); merged.next()) {
      sum += merged.trailer();
    }
    return sum;
  }

  @TearDown
  public void free() {
    iterators.forEach(EntryIterator::close);
    memtables.forEach(HashMemtable::release);
  }
}
