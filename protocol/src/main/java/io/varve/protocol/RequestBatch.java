package io.varve.protocol;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The complete requests of one socket read: offsets and lengths of their arguments in one buffer.
///
/// Made by [RequestDecoder] on the event loop, then owned by whoever it is handed to, one thread at a
/// time, until [#release()], which any thread may call once. The bytes of the arguments stay valid
/// and unchanged until then. Argument 0 of a request is the command's name; every request has at
/// least that one. Released batches are used again by their decoder.
public final class RequestBatch {

  /// Beyond this many arguments the arrays are not kept for the next batch.
  private static final int ARGUMENTS_KEPT_MAX = 16_384;

  private static final int REQUESTS_INITIAL = 16;
  private static final int ARGUMENTS_INITIAL = 64;
  private static final MemorySegment NO_BYTES = MemorySegment.ofArray(new byte[0]);

  private final @Nullable AtomicReference<@Nullable RequestBatch> spare;

  /// Index of the first argument of each request; `firstArgument[count]` is where the next begins.
  private int[] firstArgument = new int[REQUESTS_INITIAL + 1];

  /// What each request was labelled with.
  private int[] labels = new int[REQUESTS_INITIAL];

  /// Offset and length of each argument, in turn.
  private int[] arguments = new int[2 * ARGUMENTS_INITIAL];

  private int count;
  private int argumentCount;
  private MemorySegment segment = NO_BYTES;
  private @Nullable ByteBuf buffer;
  private @Nullable ProtocolException error;

  /// @param spare where [#release()] leaves the batch for its next use, null if nowhere
  RequestBatch(@Nullable AtomicReference<@Nullable RequestBatch> spare) {
    this.spare = spare;
  }

  /// A batch on the heap of one request, for scripts, tests and tools. It needs no [#release()].
  ///
  /// @param args the command's name and what follows it; at least one
  public static RequestBatch of(byte[]... args) {
    assert args.length > 0;
    RequestBatch batch = new RequestBatch(null);
    int bytes = 0;
    for (byte[] arg : args) {
      batch.addArgument(bytes, arg.length);
      bytes = Math.addExact(bytes, arg.length);
    }
    byte[] all = new byte[bytes];
    int at = 0;
    for (byte[] arg : args) {
      System.arraycopy(arg, 0, all, at, arg.length);
      at += arg.length;
    }
    batch.endRequest();
    batch.segment = MemorySegment.ofArray(all);
    return batch;
  }

  /// Number of requests; 0 only if there is an [#error()].
  public int count() {
    return count;
  }

  /// Number of arguments of a request, the command's name included.
  public int argCount(int request) {
    assert request < count;
    return firstArgument[request + 1] - firstArgument[request];
  }

  /// Offset of an argument's first byte in [#segment()].
  public int argOffset(int request, int arg) {
    assert request < count && arg < argCount(request);
    return arguments[(firstArgument[request] + arg) << 1];
  }

  /// Bytes of an argument.
  public int argLength(int request, int arg) {
    assert request < count && arg < argCount(request);
    return arguments[((firstArgument[request] + arg) << 1) + 1];
  }

  /// What whoever holds the batch has labelled a request with, 0 if nothing: so that what follows from
  /// its name is found out once.
  public int label(int request) {
    assert request < count;
    return labels[request];
  }

  /// @param label not 0
  public void label(int request, int label) {
    assert request < count && label != 0;
    labels[request] = label;
  }

  /// The memory that all arguments lie in. Bytes outside of them are nobody's business.
  public MemorySegment segment() {
    return segment;
  }

  /// Set if the peer broke the protocol after these requests: they are still to be answered, then
  /// the error, then the connection closes.
  public @Nullable ProtocolException error() {
    return error;
  }

  /// A copy on the heap of one request, for those that wait: independent of this batch, and
  /// [#release()] of it is not needed.
  public RequestBatch copyOf(int request) {
    int args = argCount(request);
    int first = firstArgument[request];
    long bytes = 0;
    for (int i = 0; i < args; i++) {
      bytes += arguments[((first + i) << 1) + 1];
    }
    byte[] copy = new byte[Math.toIntExact(bytes)];
    RequestBatch batch = new RequestBatch(null);
    batch.arguments = new int[2 * args];
    batch.firstArgument = new int[] {0, args};
    batch.labels[0] = labels[request];
    batch.argumentCount = args;
    batch.count = 1;
    batch.segment = MemorySegment.ofArray(copy);
    int at = 0;
    for (int i = 0; i < args; i++) {
      int length = arguments[((first + i) << 1) + 1];
      MemorySegment.copy(
          segment, ValueLayout.JAVA_BYTE, arguments[(first + i) << 1], copy, at, length);
      batch.arguments[i << 1] = at;
      batch.arguments[(i << 1) + 1] = length;
      at += length;
    }
    return batch;
  }

  /// The bytes of an argument, copied. For tests and cold paths.
  public byte[] argBytes(int request, int arg) {
    byte[] bytes = new byte[argLength(request, arg)];
    MemorySegment.copy(
        segment, ValueLayout.JAVA_BYTE, argOffset(request, arg), bytes, 0, bytes.length);
    return bytes;
  }

  /// Lets go of the buffer. The batch must not be touched afterwards.
  public void release() {
    ByteBuf held = buffer;
    buffer = null;
    segment = NO_BYTES;
    error = null;
    count = 0;
    argumentCount = 0;
    if (held != null) {
      held.release();
    }
    if (spare != null) {
      if (arguments.length > 2 * ARGUMENTS_KEPT_MAX) {
        arguments = new int[2 * ARGUMENTS_INITIAL];
      }
      spare.set(this);
    }
  }

  // The decoder's side.

  /// Adds an argument to the request that is being read.
  void addArgument(int offset, int length) {
    int at = argumentCount << 1;
    if (at == arguments.length) {
      arguments = Arrays.copyOf(arguments, at << 1);
    }
    arguments[at] = offset;
    arguments[at + 1] = length;
    argumentCount++;
  }

  /// Arguments of the request that is being read.
  int pendingArguments() {
    return argumentCount - firstArgument[count];
  }

  /// The arguments since the last call are a request.
  void endRequest() {
    assert pendingArguments() > 0;
    if (count == labels.length) {
      labels = Arrays.copyOf(labels, count << 1);
    }
    labels[count] = 0;
    count++;
    if (count == firstArgument.length) {
      firstArgument = Arrays.copyOf(firstArgument, count << 1);
    }
    firstArgument[count] = argumentCount;
  }

  /// Moves the arguments of the unfinished request over to the batch that will hold it.
  void movePendingTo(RequestBatch next) {
    int first = firstArgument[count];
    for (int i = first; i < argumentCount; i++) {
      next.addArgument(arguments[i << 1], arguments[(i << 1) + 1]);
    }
    argumentCount = first;
  }

  /// The buffer of the unfinished request has moved: its bytes now lie `bytes` further to the front.
  void shiftPending(int bytes) {
    for (int i = firstArgument[count]; i < argumentCount; i++) {
      arguments[i << 1] -= bytes;
    }
  }

  /// Forgets the arguments of the unfinished request.
  void dropPending() {
    argumentCount = firstArgument[count];
  }

  /// Completes the batch.
  ///
  /// @param retained released by [#release()]
  void seal(ByteBuf retained, MemorySegment memory, @Nullable ProtocolException failure) {
    buffer = retained;
    segment = memory;
    error = failure;
  }
}
