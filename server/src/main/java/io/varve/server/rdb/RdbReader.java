package io.varve.server.rdb;

import static io.varve.engine.bytes.Layouts.BYTE;
import static io.varve.engine.bytes.Layouts.INT_LE;
import static io.varve.engine.bytes.Layouts.LONG_BE;
import static io.varve.engine.bytes.Layouts.LONG_LE;
import static io.varve.engine.bytes.Layouts.SHORT_LE;

import io.varve.engine.bytes.Layouts;
import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.RefusedException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Reads the elements of the RDB format from a payload, from front to back.
///
/// Strings that are handed out are seen in the payload or are arrays of their own: they are valid as
/// long as the payload's memory. Anything that does not follow the format is a
/// [MalformedPayloadException].
public final class RdbReader {

  /// Version and checksum.
  private static final int END_BYTES = 10;

  private final MemorySegment segment;
  private final long limit;
  private long position;

  private RdbReader(MemorySegment segment, long position, long limit) {
    this.segment = segment;
    this.position = position;
    this.limit = limit;
  }

  /// Opens what DUMP has answered.
  ///
  /// @throws RefusedException if it is of a newer version or its checksum is wrong
  public static RdbReader open(Slice payload) {
    long body = payload.length() - (long) END_BYTES;
    if (body >= 0) {
      MemorySegment segment = payload.segment();
      long end = payload.offset() + body;
      int version = segment.get(SHORT_LE, end) & 0xffff;
      if (version <= RdbFormat.VERSION_MAX
          && segment.get(LONG_LE, end + 2) == Crc64.of(segment, payload.offset(), body + 2)) {
        return new RdbReader(segment, payload.offset(), end);
      }
    }
    throw new RefusedException("ERR DUMP payload version or checksum are wrong");
  }

  public boolean hasRemaining() {
    return position < limit;
  }

  public int readByte() {
    need(1);
    return segment.get(BYTE, position++) & 0xff;
  }

  /// An unsigned number.
  long readLength() {
    int first = readByte();
    if (first < RdbFormat.LENGTH_14_BITS) {
      return first;
    }
    if (first < RdbFormat.LENGTH_32_BITS) {
      return ((first & 0x3fL) << 8) | readByte();
    }
    if (first == RdbFormat.LENGTH_32_BITS) {
      need(4);
      position += 4;
      return segment.get(Layouts.INT_BE, position - 4) & 0xffffffffL;
    }
    if (first == RdbFormat.LENGTH_64_BITS) {
      need(8);
      position += 8;
      return segment.get(LONG_BE, position - 8);
    }
    throw new MalformedPayloadException("a length that begins with " + first);
  }

  /// The number of things that follow.
  ///
  /// @param bytesMin bytes that each of them takes at least
  long readCount(int bytesMin) {
    long count = readLength();
    if (count < 0 || count > (limit - position) / bytesMin) {
      throw new MalformedPayloadException(Long.toUnsignedString(count) + " things");
    }
    return count;
  }

  /// A string in any of its forms.
  public Slice readString() {
    need(1);
    int first = segment.get(BYTE, position) & 0xff;
    if (first < RdbFormat.ENCODED) {
      return readBytes(readLength());
    }
    position++;
    return switch (first) {
      case RdbFormat.ENCODED_INT_8 -> digits((byte) readByte());
      case RdbFormat.ENCODED_INT_16 -> {
        need(2);
        position += 2;
        yield digits(segment.get(SHORT_LE, position - 2));
      }
      case RdbFormat.ENCODED_INT_32 -> {
        need(4);
        position += 4;
        yield digits(segment.get(INT_LE, position - 4));
      }
      case RdbFormat.ENCODED_LZF -> {
        long compressed = readLength();
        long plain = readLength();
        if (plain < 0 || plain > RdbFormat.STRING_BYTES_MAX) {
          throw new MalformedPayloadException("a string of " + plain + " bytes");
        }
        yield Slice.of(Lzf.decompress(readBytes(compressed), (int) plain));
      }
      default -> throw new MalformedPayloadException("a string that begins with " + first);
    };
  }

  /// Milliseconds since the epoch.
  long readMillis() {
    need(8);
    position += 8;
    return segment.get(LONG_LE, position - 8);
  }

  double readBinaryScore() {
    return score(Double.longBitsToDouble(readMillis()));
  }

  /// A score as versions before Redis 4.0 wrote it.
  double readTextScore() {
    int length = readByte();
    return switch (length) {
      case 255 -> Double.NEGATIVE_INFINITY;
      case 254 -> Double.POSITIVE_INFINITY;
      case 253 -> throw new MalformedPayloadException("a score that is not a number");
      default -> parseScore(readBytes(length));
    };
  }

  /// Bytes that are nothing else.
  Slice readBytes(long length) {
    need(length);
    if (length > RdbFormat.STRING_BYTES_MAX) {
      throw new MalformedPayloadException("a string of " + length + " bytes");
    }
    position += length;
    return new Slice(segment, position - length, (int) length);
  }

  /// The number that a text says, as C's `strtod` takes it.
  static double parseScore(Slice text) {
    String digits = new String(text.toByteArray(), StandardCharsets.ISO_8859_1);
    int sign = digits.startsWith("-") || digits.startsWith("+") ? 1 : 0;
    String word = digits.substring(sign);
    if (word.equalsIgnoreCase("inf") || word.equalsIgnoreCase("infinity")) {
      return digits.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    // What Java takes beyond C: blanks around, a type letter behind, the word NaN, hexadecimal
    // ones.
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && (c | 0x20) != 'e') {
        throw new MalformedPayloadException("a score that is no number");
      }
    }
    try {
      return score(Double.parseDouble(digits));
    } catch (NumberFormatException _) {
      throw new MalformedPayloadException("a score that is no number");
    }
  }

  private static double score(double score) {
    if (Double.isNaN(score)) {
      throw new MalformedPayloadException("a score that is not a number");
    }
    return score;
  }

  private static Slice digits(long number) {
    return Slice.of(Long.toString(number));
  }

  private void need(long bytes) {
    if (bytes < 0 || bytes > limit - position) {
      throw new MalformedPayloadException(
          Long.toUnsignedString(bytes) + " bytes, of which " + (limit - position) + " are there");
    }
  }
}
