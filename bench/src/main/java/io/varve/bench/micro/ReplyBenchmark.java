package io.varve.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.varve.protocol.ReplyWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
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

/// The replies to 64 pipelined requests, into one buffer. Time per reply.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders"})
public class ReplyBenchmark {

  private static final int REPLIES = 64;
  private static final int VALUE_BYTES = 100;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment value = arena.allocate(VALUE_BYTES);
  private final ReplyWriter writer = ReplyWriter.of(2);
  private final ByteBuf buffer = Unpooled.directBuffer(64 << 10);

  @Setup
  public void aim() {
    writer.target(buffer);
  }

  @Benchmark
  @OperationsPerInvocation(REPLIES)
  public int bulks() {
    buffer.clear();
    for (int i = 0; i < REPLIES; i++) {
      writer.bulk(value, 0, VALUE_BYTES);
    }
    return buffer.writerIndex();
  }

  @Benchmark
  @OperationsPerInvocation(REPLIES)
  public int integers() {
    buffer.clear();
    for (int i = 0; i < REPLIES; i++) {
      writer.integer(1_000_003L * i);
    }
    return buffer.writerIndex();
  }

  @Benchmark
  @OperationsPerInvocation(REPLIES)
  public int oks() {
    buffer.clear();
    for (int i = 0; i < REPLIES; i++) {
      writer.ok();
    }
    return buffer.writerIndex();
  }

  @TearDown
  public void free() {
    buffer.release();
    arena.close();
  }
}
