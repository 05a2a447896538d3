package io.varve.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// Requests on their way to a socket. Grows to the longest that was needed. One thread.
final class RequestBuffer {

  private static final int BYTES_INITIAL = 64 << 10;
  private static final int DIGITS = 12;
  private static final int HEADER_BYTES_MAX = 32;

  private byte[] bytes = new byte[BYTES_INITIAL];
  private ByteBuffer view = ByteBuffer.wrap(bytes);
  private int from;
  private int to;

  /// The bytes of an argument with its length in front.
  static byte[] word(String text) {
    return ("$" + text.length() + "\r\n" + text + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  int size() {
    return to - from;
  }

  RequestBuffer array(int count) {
    ensure(HEADER_BYTES_MAX);
    bytes[to++] = '*';
    decimal(count);
    return this;
  }

  /// @param ready as [#word] makes it
  RequestBuffer add(byte[] ready) {
    return addRaw(ready, 0, ready.length);
  }

  /// A name: a prefix and twelve digits.
  RequestBuffer addName(byte[] prefix, long number) {
    int length = prefix.length + DIGITS;
    ensure(HEADER_BYTES_MAX + length);
    header(length);
    System.arraycopy(prefix, 0, bytes, to, prefix.length);
    to += length;
    long rest = number;
    for (int i = to - 1; i >= to - DIGITS; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return end();
  }

  RequestBuffer addBytes(byte[] from, int at, int length) {
    ensure(HEADER_BYTES_MAX + length);
    header(length);
    System.arraycopy(from, at, bytes, to, length);
    to += length;
    return end();
  }

  RequestBuffer addNumber(long number) {
    byte[] digits = Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    return addBytes(digits, 0, digits.length);
  }

  /// Bytes as they are, for example arguments that a reply has brought.
  RequestBuffer addRaw(byte[] source, int at, int length) {
    ensure(length);
    System.arraycopy(source, at, bytes, to, length);
    to += length;
    return this;
  }

  /// Writes what the socket takes.
  ///
  /// @return whether it took all
  boolean writeTo(SocketChannel channel) throws IOException {
    view.limit(to).position(from);
    channel.write(view);
    from = view.position();
    if (from == to) {
      from = 0;
      to = 0;
    }
    return to == 0;
  }

  private void header(int length) {
    bytes[to++] = '$';
    decimal(length);
  }

  private void decimal(int number) {
    int digits = 1;
    for (int rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    int rest = number;
    for (int i = to + digits - 1; i >= to; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    to += digits;
    end();
  }

  private RequestBuffer end() {
    bytes[to++] = '\r';
    bytes[to++] = '\n';
    return this;
  }

  private void ensure(int room) {
    if (bytes.length - to >= room) {
      return;
    }
    int size = size();
    if (bytes.length - size >= room) {
      System.arraycopy(bytes, from, bytes, 0, size);
    } else {
      byte[] larger = new byte[2 * (size + room)];
      System.arraycopy(bytes, from, larger, 0, size);
      bytes = larger;
      view = ByteBuffer.wrap(bytes);
    }
    from = 0;
    to = size;
  }
}
