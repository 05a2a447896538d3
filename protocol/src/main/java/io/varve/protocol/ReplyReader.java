package io.varve.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads replies of both protocol versions from a stream. One thread at a time.
///
/// Trusts its server no more than it must: lengths and nesting are bounded.
public final class ReplyReader {

  private static final int BULK_BYTES_MAX = 1 << 30;
  private static final int ELEMENTS_MAX = 1 << 26;
  private static final int DEPTH_MAX = 64;
  private static final int LINE_BYTES_MAX = 1 << 20;

  private final InputStream in;

  /// @param in read byte by byte: should be buffered
  public ReplyReader(InputStream in) {
    this.in = in;
  }

  /// @throws EOFException if the peer has closed the connection
  /// @throws ProtocolException if what it sent is no reply
  public Reply read() throws IOException {
    return read(0);
  }

  private Reply read(int depth) throws IOException {
    if (depth > DEPTH_MAX) {
      throw new ProtocolException("reply nested too deeply");
    }
    int type = readByte();
    String line = readLine();
    return switch (type) {
      case '+' -> new Reply.Simple(line);
      case '-' -> new Reply.Failure(line);
      case ':' -> new Reply.Int(number(line));
      case '$' -> bulk(line);
      case '*' -> line.equals("-1") ? new Reply.Null() : new Reply.Array(elements(line, 1, depth));
      case '_' -> new Reply.Null();
      case '%' -> new Reply.Map(elements(line, 2, depth));
      case '~' -> new Reply.Set(elements(line, 1, depth));
      case '>' -> new Reply.Push(elements(line, 1, depth));
      case '#' -> new Reply.Bool(line.equals("t"));
      case ',' -> new Reply.Floating(line);
      case '(' -> new Reply.BigNumber(line);
      case '=' -> verbatim(line);
      default -> throw new ProtocolException("no reply begins with " + (char) type + line);
    };
  }

  private Reply bulk(String line) throws IOException {
    return line.equals("-1") ? new Reply.Null() : new Reply.Bulk(payload(line));
  }

  private Reply verbatim(String line) throws IOException {
    String text = new String(payload(line), StandardCharsets.UTF_8);
    if (text.length() < 4 || text.charAt(3) != ':') {
      throw new ProtocolException("verbatim reply without a format: " + text);
    }
    return new Reply.Verbatim(text.substring(0, 3), text.substring(4));
  }

  private byte[] payload(String line) throws IOException {
    int length = bounded(line, BULK_BYTES_MAX);
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length || readByte() != '\r' || readByte() != '\n') {
      throw new EOFException("connection closed within a reply");
    }
    return bytes;
  }

  private List<Reply> elements(String line, int perEntry, int depth) throws IOException {
    int count = bounded(line, ELEMENTS_MAX) * perEntry;
    List<Reply> elements = new ArrayList<>(Math.min(count, 1024));
    for (int i = 0; i < count; i++) {
      elements.add(read(depth + 1));
    }
    return elements;
  }

  private static int bounded(String line, int max) {
    long value = number(line);
    if (value < 0 || value > max) {
      throw new ProtocolException("length " + value + " in a reply");
    }
    return (int) value;
  }

  private static long number(String line) {
    try {
      return Long.parseLong(line);
    } catch (NumberFormatException e) {
      throw new ProtocolException("no number in a reply: " + line);
    }
  }

  private String readLine() throws IOException {
    byte[] bytes = new byte[64];
    int length = 0;
    while (true) {
      int b = readByte();
      if (b == '\r') {
        break;
      }
      if (length == bytes.length) {
        if (length >= LINE_BYTES_MAX) {
          throw new ProtocolException("line too long in a reply");
        }
        bytes = Arrays.copyOf(bytes, 2 * length);
      }
      bytes[length++] = (byte) b;
    }
    if (readByte() != '\n') {
      throw new ProtocolException("CR without LF in a reply");
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private int readByte() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("connection closed");
    }
    return b;
  }
}
