package io.varve.protocol;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A small blocking client: for tests, tools and benchmarks. One thread at a time.
///
/// [#call(String...)] waits for its reply; [#send(String...)], [#flush()] and [#read()] pipeline.
public final class RespClient implements AutoCloseable {

  private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(30);
  private static final int BUFFER_BYTES = 64 << 10;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final ReplyReader replies;

  private RespClient(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
    replies = new ReplyReader(in);
  }

  public static RespClient connect(String host, int port) throws IOException {
    return connect(host, port, TIMEOUT_DEFAULT);
  }

  /// @param timeout of connecting and of waiting for bytes of a reply
  public static RespClient connect(String host, int port, Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      int millis = Math.toIntExact(timeout.toMillis());
      socket.connect(new InetSocketAddress(host, port), millis);
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      socket.setSoTimeout(millis);
      return new RespClient(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// Sends a request and waits for its reply.
  public Reply call(String... arguments) throws IOException {
    send(arguments);
    flush();
    return read();
  }

  /// Sends a request and waits for its reply.
  public Reply call(byte[]... arguments) throws IOException {
    send(arguments);
    flush();
    return read();
  }

  /// Adds a request to what [#flush()] sends.
  public void send(String... arguments) throws IOException {
    byte[][] bytes = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      bytes[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
    }
    send(bytes);
  }

  /// Adds a request to what [#flush()] sends.
  public void send(byte[]... arguments) throws IOException {
    line('*', arguments.length);
    for (byte[] argument : arguments) {
      line('$', argument.length);
      out.write(argument);
      out.write('\r');
      out.write('\n');
    }
  }

  /// Adds bytes as they are to what [#flush()] sends.
  public void sendRaw(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /// Adds text as it is to what [#flush()] sends.
  public void sendRaw(String text) throws IOException {
    sendRaw(text.getBytes(StandardCharsets.UTF_8));
  }

  public void flush() throws IOException {
    out.flush();
  }

  /// The next reply, or push.
  ///
  /// @throws java.io.EOFException if the server has closed the connection
  public Reply read() throws IOException {
    return replies.read();
  }

  /// The next bytes as they come; fewer only if the server has closed the connection.
  public byte[] readRaw(int count) throws IOException {
    return in.readNBytes(count);
  }

  /// Waits for the server to close the connection.
  ///
  /// @return false if it sent something instead
  public boolean awaitClose() throws IOException {
    return in.read() < 0;
  }

  /// Other limit for waiting; tests of blocking commands shorten it.
  public void timeout(Duration timeout) throws IOException {
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
  }

  /// The port at this end, which CLIENT LIST shows.
  public int localPort() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void line(char type, long number) throws IOException {
    out.write(type);
    out.write(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    out.write('\r');
    out.write('\n');
  }
}
