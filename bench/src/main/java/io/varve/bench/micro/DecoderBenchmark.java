package io.varve.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.varve.protocol.ProtocolLimits;
import io.varve.protocol.RequestBatch;
import io.varve.protocol.RequestDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
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

/// One socket read with 64 pipelined SETs, cut into requests. Time per request.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseCompactObjectHeaders"})
public class DecoderBenchmark {

  private static final int REQUESTS = 64;

  private ByteBuf input = Unpooled.EMPTY_BUFFER;
  private RequestDecoder decoder = new RequestDecoder(ProtocolLimits.DEFAULT);

  @Setup
  public void fill() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = 0; i < REQUESTS; i++) {
      String request =
          "*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n$100\r\n%s\r\n".formatted(i, "x".repeat(100));
      text.writeBytes(request.getBytes(StandardCharsets.US_ASCII));
    }
    input = Unpooled.directBuffer(text.size()).writeBytes(text.toByteArray());
    decoder.setAuthenticated(true);
  }

  @Benchmark
  @OperationsPerInvocation(REQUESTS)
  public int decode() {
    decoder.feed(input.retainedDuplicate());
    int requests = 0;
    for (RequestBatch batch = decoder.decode(); batch != null; batch = decoder.decode()) {
      requests += batch.count();
      batch.release();
    }
    return requests;
  }

  @TearDown
  public void close() {
    decoder.close();
    input.release();
  }
}
