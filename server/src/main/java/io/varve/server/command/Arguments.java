package io.varve.server.command;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.RequestBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/// The arguments of the request that is being executed, seen in the buffer they came in.
///
/// Argument 0 is the command's name; of a sub-command argument 1 is its name. Reused from request to
/// request, so everything handed out is valid during the command only. One thread at a time.
/// Conversions are those of Redis: what it refuses is refused here, with its words.
public final class Arguments {

  /// Slices of this many first positions are kept; those beyond are made when asked for.
  private static final int SLICES_KEPT = 256;

  /// Digits and sign of the longest number that Redis takes for a 64-bit integer.
  private static final int LONG_CHARS_MAX = 20;

  /// Longer texts are no numbers to Redis either.
  private static final int DOUBLE_CHARS_MAX = 5 * 1024 - 1;

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final RequestBatch NO_REQUEST = RequestBatch.of(new byte[0]);

  private final Slice[] slices = new Slice[SLICES_KEPT];
  private MemorySegment segment = MemorySegment.NULL;
  private RequestBatch batch = NO_REQUEST;
  private int request;
  private int count;

  /// A view that still has to be [#set(RequestBatch, int)]; until then it is of an empty request.
  public Arguments() {
    for (int i = 0; i < SLICES_KEPT; i++) {
      slices[i] = new Slice();
    }
  }

  /// Turns this view to a request. The batch must not be released while it is used.
  public Arguments set(RequestBatch newBatch, int newRequest) {
    batch = newBatch;
    request = newRequest;
    segment = newBatch.segment();
    count = newBatch.argCount(newRequest);
    return this;
  }

  /// Number of arguments, the command's name included.
  public int count() {
    return count;
  }

  /// The batch that the request stands in, and [#request()] where.
  public RequestBatch batch() {
    return batch;
  }

  /// Index of the request in [#batch()].
  public int request() {
    return request;
  }

  /// The bytes of an argument, in a slice that is reused for the next request.
  public Slice get(int index) {
    Slice slice = index < SLICES_KEPT ? slices[index] : new Slice();
    return slice.set(segment, batch.argOffset(request, index), batch.argLength(request, index));
  }

  /// Bytes of an argument, without making it a slice.
  public int length(int index) {
    return batch.argLength(request, index);
  }

  /// Offset of an argument in [#segment()].
  public int offset(int index) {
    return batch.argOffset(request, index);
  }

  /// The memory that all arguments lie in.
  public MemorySegment segment() {
    return segment;
  }

  /// A copy of the bytes of an argument.
  public byte[] bytes(int index) {
    return batch.argBytes(request, index);
  }

  /// The argument as UTF-8 text. For names and messages; keys and values are bytes.
  public String text(int index) {
    return new String(bytes(index), StandardCharsets.UTF_8);
  }

  /// Whether an argument is a keyword, whatever the case of its letters.
  ///
  /// @param upperKeyword ASCII, in upper case
  public boolean is(int index, String upperKeyword) {
    int length = batch.argLength(request, index);
    if (length != upperKeyword.length()) {
      return false;
    }
    MemorySegment bytes = segment;
    long at = batch.argOffset(request, index);
    for (int i = 0; i < length; i++) {
      int b = bytes.get(BYTE, at + i);
      if (b >= 'a' && b <= 'z') {
        b -= 'a' - 'A';
      }
      if (b != upperKeyword.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// An argument as a 64-bit integer.
  ///
  /// @throws CommandException "value is not an integer or out of range"
  public long longAt(int index) {
    if (!isLong(index)) {
      throw Errors.notAnInteger();
    }
    return parseLong(index);
  }

  /// An argument as a 64-bit integer.
  ///
  /// @throws CommandException the one given, if it is none
  public long longAt(int index, CommandException otherwise) {
    if (!isLong(index)) {
      throw otherwise;
    }
    return parseLong(index);
  }

  /// An argument as an integer of 32 bits.
  ///
  /// @throws CommandException "value is not an integer ..." or "value is out of range ..."
  public int intAt(int index) {
    return (int) longAt(index, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /// An argument as an integer within bounds, both included.
  ///
  /// @throws CommandException "value is out of range" or "value is not an integer ..."
  public long longAt(int index, long min, long max) {
    long value = longAt(index);
    if (value < min || value > max) {
      throw new CommandException(
          min == 0 && max == Long.MAX_VALUE
              ? "ERR value is out of range, must be positive"
              : "ERR value is out of range, value must between " + min + " and " + max);
    }
    return value;
  }

  /// Whether an argument is a 64-bit integer as Redis writes it: no plus, no leading zero, no blank.
  public boolean isLong(int index) {
    int length = batch.argLength(request, index);
    if (length == 0 || length > LONG_CHARS_MAX) {
      return false;
    }
    MemorySegment bytes = segment;
    long at = batch.argOffset(request, index);
    boolean negative = bytes.get(BYTE, at) == '-';
    int from = negative ? 1 : 0;
    int digits = length - from;
    if (digits == 0 || digits > 19) {
      return false;
    }
    if (bytes.get(BYTE, at + from) == '0') {
      return length == 1;
    }
    long value = 0;
    for (int i = from; i < length; i++) {
      int digit = bytes.get(BYTE, at + i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      // Nineteen digits reach at most twice the range: what overflows turns negative here.
      value = value * 10 + digit;
    }
    return value >= 0 || (negative && value == Long.MIN_VALUE);
  }

  /// The value of an argument of which [#isLong(int)] holds.
  private long parseLong(int index) {
    int length = batch.argLength(request, index);
    MemorySegment bytes = segment;
    long at = batch.argOffset(request, index);
    boolean negative = bytes.get(BYTE, at) == '-';
    long value = 0;
    for (int i = negative ? 1 : 0; i < length; i++) {
      value = value * 10 + (bytes.get(BYTE, at + i) - '0');
    }
    return negative ? -value : value;
  }

  /// An argument as a double: decimal, hexadecimal or infinite, never not-a-number.
  ///
  /// @throws CommandException "value is not a valid float"
  public double doubleAt(int index) {
    return doubleAt(index, Errors.notAFloat());
  }

  /// An argument as a double.
  ///
  /// @throws CommandException the one given, if it is none
  public double doubleAt(int index, CommandException otherwise) {
    if (length(index) == 0 || length(index) > DOUBLE_CHARS_MAX) {
      throw otherwise;
    }
    return Doubles.parse(new String(bytes(index), StandardCharsets.ISO_8859_1), otherwise);
  }

  /// An argument as an exact decimal, for INCRBYFLOAT and its kin.
  ///
  /// @throws CommandException "value is not a valid float"
  public BigDecimal decimalAt(int index) {
    double value = doubleAt(index);
    if (Double.isInfinite(value)) {
      throw Errors.notAFloat();
    }
    String text = text(index);
    // An exponent that doubles cannot have is no reason to compute with a million digits.
    return text.indexOf('x') >= 0 || text.indexOf('X') >= 0 || value == 0
        ? BigDecimal.valueOf(value)
        : new BigDecimal(text);
  }

  /// Lets go of the request, so that a released batch is not looked at by mistake.
  void clear() {
    batch = NO_REQUEST;
    segment = MemorySegment.NULL;
    count = 0;
  }
}
