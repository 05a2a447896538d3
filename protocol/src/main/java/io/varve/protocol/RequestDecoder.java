package io.varve.protocol;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Cuts what a peer sends into requests, wherever the network has cut it.
///
/// A state machine over one contiguous buffer. A socket read that ends with a complete request is
/// used in place and never copied. An incomplete request at the end is kept and joined with the next
/// read; the joint buffer grows geometrically up to what the request has announced, so that each byte
/// is copied a bounded number of times, and a peer that announces much and sends little costs little.
/// No byte is looked at twice, except the few of a line that has not ended yet.
///
/// Belongs to one connection and its event loop; the batches may be released anywhere. Whether input
/// is an error does not depend on where it was cut. After an error all further input is dropped.
///
/// ```
/// request := '*' count CRLF (bulk){count}    a count of 0 or less is no request at all
/// bulk    := '$' length CRLF byte{length} CRLF
/// inline  := any line that does not begin with '*'; see [InlineRequest]
/// ```
///
/// As Redis, it takes any two bytes for the CRLF behind a bulk, and any byte for the LF of a length.
public final class RequestDecoder implements AutoCloseable {

  private static final long INCOMPLETE = Long.MIN_VALUE;
  private static final long MALFORMED = Long.MIN_VALUE + 1;
  private static final int BUFFER_BYTES_MIN = 256;

  /// Room beyond an announced bulk, for what the socket read with its end brings along.
  private static final int SLACK_BYTES = 64 << 10;

  private final AtomicReference<@Nullable RequestBatch> spare = new AtomicReference<>();

  private ProtocolLimits limits;
  private boolean authenticated;
  private @Nullable ProtocolException failure;
  private boolean closed;

  private @Nullable ByteBuf buffer;
  private MemorySegment memory = MemorySegment.NULL;

  /// Whether the buffer was made here and may be written to behind `limit`.
  private boolean joint;

  /// Where the first request begins that has not been handed out.
  private int requestStart;

  /// The next byte to parse.
  private int position;

  /// End of what has been received.
  private int limit;

  /// Up to here the line at `position` has been searched for its end.
  private int searched;

  /// Arguments of the current request that are still to come; 0 between requests.
  private int argumentsLeft;

  /// Announced length of the current argument, -1 if its line is still to come.
  private int bulkLength = -1;

  /// Holds the arguments of the unfinished request between two calls.
  private @Nullable RequestBatch unfinished;

  public RequestDecoder(ProtocolLimits limits) {
    this.limits = limits;
  }

  /// Lifts the limits for those who have not said who they are yet. Initially they hold.
  ///
  /// While they hold, the next [#decode()] must wait until the last batch has been executed: it may
  /// contain the AUTH that lifts them.
  public void setAuthenticated(boolean known) {
    authenticated = known;
  }

  /// Other limits from the next request on.
  public void setLimits(ProtocolLimits next) {
    limits = next;
  }

  /// Takes the bytes of one socket read.
  ///
  /// @param input becomes the decoder's
  public void feed(ByteBuf input) {
    int bytes = input.readableBytes();
    if (bytes == 0 || failure != null || closed) {
      input.release();
      return;
    }
    ByteBuf held = buffer;
    if (held == null || requestStart == limit) {
      releaseBuffer();
      adopt(input);
    } else {
      append(held, input, bytes);
    }
  }

  /// The requests that are complete, at most `requestsPerBatchMax` of them: call again until null.
  ///
  /// @return null if no request is complete
  public @Nullable RequestBatch decode() {
    ByteBuf held = buffer;
    if (held == null) {
      return null;
    }
    RequestBatch batch = unfinished == null ? nextBatch() : unfinished;
    int max = limits.requestsPerBatchMax();
    while (batch.count() < max && decodeRequest(batch)) {}
    ProtocolException broken = failure;
    if (broken != null) {
      batch.dropPending();
    } else if (batch.count() == 0) {
      if (batch.pendingArguments() > 0) {
        unfinished = batch;
      } else {
        unfinished = null;
        batch.release();
      }
      releaseIfConsumed();
      return null;
    }
    if (batch.pendingArguments() > 0) {
      RequestBatch rest = nextBatch();
      batch.movePendingTo(rest);
      unfinished = rest;
    } else {
      unfinished = null;
    }
    batch.seal(held.retain(), memory, broken);
    if (broken != null) {
      releaseBuffer();
    } else {
      releaseIfConsumed();
    }
    return batch;
  }

  /// Bytes received and not handed out.
  public int bufferedBytes() {
    return buffer == null ? 0 : limit - requestStart;
  }

  /// Memory held for them.
  public int capacityBytes() {
    ByteBuf held = buffer;
    return held == null ? 0 : held.capacity();
  }

  /// Drops what is unfinished. Batches that were handed out stay valid.
  @Override
  public void close() {
    closed = true;
    unfinished = null;
    releaseBuffer();
  }

  private RequestBatch nextBatch() {
    RequestBatch batch = spare.getAndSet(null);
    return batch == null ? new RequestBatch(spare) : batch;
  }

  /// Reads one request, or steps over one that is empty.
  ///
  /// @return false if it is not complete, or not allowed
  private boolean decodeRequest(RequestBatch batch) {
    if (argumentsLeft == 0) {
      if (position == limit) {
        return false;
      }
      if (memory.get(JAVA_BYTE, position) != '*') {
        return decodeInline(batch);
      }
      if (!decodeCount(batch)) {
        return false;
      }
    }
    while (argumentsLeft > 0) {
      if (bulkLength < 0 && !decodeBulkLength(batch)) {
        return false;
      }
      // Compared without a sum: it may exceed an int.
      if (limit - position - 2 < bulkLength) {
        return false;
      }
      batch.addArgument(position, bulkLength);
      step(position + bulkLength + 2);
      bulkLength = -1;
      if (--argumentsLeft == 0) {
        batch.endRequest();
      }
    }
    requestStart = position;
    return true;
  }

  private boolean decodeCount(RequestBatch batch) {
    int start = position;
    long count = readNumberLine("Protocol error: too big mbulk count string");
    if (count == INCOMPLETE) {
      return false;
    }
    if (count == MALFORMED || count > limits.argumentsMax()) {
      return fail("Protocol error: invalid multibulk length");
    }
    if (!authenticated && count > limits.argumentsMaxUnauthenticated()) {
      return failUnauthenticated(batch, start, "Protocol error: unauthenticated multibulk length");
    }
    argumentsLeft = (int) Math.max(count, 0);
    return true;
  }

  private boolean decodeBulkLength(RequestBatch batch) {
    int start = position;
    long length = readNumberLine("Protocol error: too big bulk count string");
    if (length == INCOMPLETE) {
      return false;
    }
    byte type = memory.get(JAVA_BYTE, start);
    if (type != '$') {
      char shown = type >= 0x20 && type < 0x7f ? (char) type : '?';
      return fail("Protocol error: expected '$', got '" + shown + "'");
    }
    if (length < 0 || length > limits.bulkBytesMax()) {
      return fail("Protocol error: invalid bulk length");
    }
    if (!authenticated && length > limits.bulkBytesMaxUnauthenticated()) {
      return failUnauthenticated(batch, start, "Protocol error: unauthenticated bulk length");
    }
    if (position - requestStart + length + 2 > limits.requestBytesMax()) {
      return fail("Protocol error: request exceeds client-query-buffer-limit");
    }
    bulkLength = (int) length;
    return true;
  }

  /// Reads a type byte, a decimal number, CR and one more byte, and steps over them.
  ///
  /// @return [#INCOMPLETE], also after a failure; [#MALFORMED] if there is no canonical number
  private long readNumberLine(String tooLong) {
    MemorySegment bytes = memory;
    int end = limit;
    int from = position + 1;
    int at = from;
    long value = 0;
    // What well-behaved clients send: a few digits, not led by 0.
    if (at < end && bytes.get(JAVA_BYTE, at) != '0') {
      int digitsEnd = Math.min(end, from + 9);
      while (at < digitsEnd) {
        int digit = bytes.get(JAVA_BYTE, at) - '0';
        if (digit < 0 || digit > 9) {
          break;
        }
        value = value * 10 + digit;
        at++;
      }
      if (at > from && at + 1 < end && bytes.get(JAVA_BYTE, at) == '\r') {
        step(at + 2);
        return value;
      }
    }
    return readUnusualNumberLine(tooLong);
  }

  private long readUnusualNumberLine(String tooLong) {
    int carriageReturn = find((byte) '\r');
    if (carriageReturn < 0) {
      if (limit - position > limits.lineBytesMax()) {
        fail(tooLong);
      }
      return INCOMPLETE;
    }
    if (carriageReturn + 1 >= limit) {
      return INCOMPLETE;
    }
    long value = parse(position + 1, carriageReturn);
    step(carriageReturn + 2);
    return value;
  }

  /// A decimal number without a plus sign, leading zeros or blanks. Whatever does not fit 18 digits
  /// exceeds all limits and counts as malformed.
  private long parse(int from, int to) {
    int at = from;
    boolean negative = at < to && memory.get(JAVA_BYTE, at) == '-';
    if (negative) {
      at++;
    }
    int digits = to - at;
    if (digits < 1 || digits > 18) {
      return MALFORMED;
    }
    if (memory.get(JAVA_BYTE, at) == '0') {
      return digits == 1 && !negative ? 0 : MALFORMED;
    }
    long value = 0;
    for (; at < to; at++) {
      int digit = memory.get(JAVA_BYTE, at) - '0';
      if (digit < 0 || digit > 9) {
        return MALFORMED;
      }
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }

  private boolean decodeInline(RequestBatch batch) {
    int lineFeed = find((byte) '\n');
    if (lineFeed < 0) {
      return limit - position > limits.lineBytesMax()
          && fail("Protocol error: too big inline request");
    }
    int end = lineFeed;
    if (end > position && memory.get(JAVA_BYTE, end - 1) == '\r') {
      end--;
    }
    if (!InlineRequest.split(memory, position, end, batch)) {
      return fail("Protocol error: unbalanced quotes in request");
    }
    if (batch.pendingArguments() > 0) {
      batch.endRequest();
    }
    step(lineFeed + 1);
    requestStart = position;
    return true;
  }

  /// Searches the line at `position`, going on where the last search ended.
  ///
  /// @return -1 if the byte is not there, be it that the line is longer than allowed
  private int find(byte wanted) {
    int end = (int) Math.min(limit, (long) position + limits.lineBytesMax());
    for (int at = searched; at < end; at++) {
      if (memory.get(JAVA_BYTE, at) == wanted) {
        searched = at;
        return at;
      }
    }
    searched = Math.max(searched, end);
    return -1;
  }

  private void step(int to) {
    position = to;
    searched = to;
  }

  private boolean fail(String text) {
    failure = new ProtocolException(text);
    return false;
  }

  /// Puts the verdict off while there are requests that have to be executed first: one of them may
  /// be the AUTH that makes it void.
  private boolean failUnauthenticated(RequestBatch batch, int lineStart, String text) {
    if (batch.count() == 0) {
      return fail(text);
    }
    step(lineStart);
    return false;
  }

  private void adopt(ByteBuf input) {
    ByteBuf usable = input;
    joint = false;
    if (input.nioBufferCount() != 1 || input.isReadOnly()) {
      usable = input.alloc().directBuffer(input.readableBytes());
      usable.writeBytes(input);
      input.release();
    }
    requestStart = usable.readerIndex();
    step(requestStart);
    limit = usable.writerIndex();
    hold(usable);
  }

  /// Joins the rest of the last reads with a new one.
  private void append(ByteBuf held, ByteBuf input, int bytes) {
    if (joint && held.capacity() - limit >= bytes) {
      held.setBytes(limit, input);
      limit += bytes;
      input.release();
      return;
    }
    int kept = limit - requestStart;
    ByteBuf larger = input.alloc().directBuffer(jointCapacity(kept, bytes));
    larger.setBytes(0, held, requestStart, kept);
    larger.setBytes(kept, input);
    input.release();
    if (unfinished != null) {
      unfinished.shiftPending(requestStart);
    }
    position -= requestStart;
    searched -= requestStart;
    requestStart = 0;
    limit = kept + bytes;
    held.release();
    joint = true;
    hold(larger);
  }

  /// Doubles what is kept, so that appending costs a constant per byte, but not beyond what an
  /// announced bulk needs.
  private int jointCapacity(int kept, int bytes) {
    long least = (long) kept + bytes;
    long roomy = kept > bytes ? least + kept : least;
    if (bulkLength >= 0) {
      long announced = (long) (position - requestStart) + bulkLength + 2 + SLACK_BYTES;
      roomy = Math.max(least, Math.min(least + kept, announced));
    }
    return (int) Math.min(Math.max(roomy, BUFFER_BYTES_MIN), Integer.MAX_VALUE - 8);
  }

  private void hold(ByteBuf next) {
    buffer = next;
    memory = MemorySegment.ofBuffer(next.nioBuffer(0, next.capacity()));
  }

  private void releaseIfConsumed() {
    if (requestStart == limit) {
      releaseBuffer();
    }
  }

  private void releaseBuffer() {
    ByteBuf held = buffer;
    buffer = null;
    memory = MemorySegment.NULL;
    if (held != null) {
      held.release();
    }
  }
}
