package io.varve.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Feeds a decoder and writes down what comes out of it.
final class Requests {

  private Requests() {}

  static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// A request as clients encode it.
  static String encode(String... arguments) {
    StringBuilder text = new StringBuilder("*").append(arguments.length).append("\r\n");
    for (String argument : arguments) {
      text.append('$').append(argument.length()).append("\r\n").append(argument).append("\r\n");
    }
    return text.toString();
  }

  static ByteBuf buffer(byte[] bytes, int from, int to) {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(Math.max(to - from, 1));
    return buffer.writeBytes(bytes, from, to - from);
  }

  /// All requests as lists of Latin-1 texts; an error at the end as a list of `!` and its text.
  static List<List<String>> drain(RequestDecoder decoder) {
    List<List<String>> requests = new ArrayList<>();
    for (RequestBatch batch = decoder.decode(); batch != null; batch = decoder.decode()) {
      for (int i = 0; i < batch.count(); i++) {
        requests.add(request(batch, i));
      }
      if (batch.error() != null) {
        requests.add(List.of("!", batch.error().getMessage()));
      }
      batch.release();
    }
    return requests;
  }

  static List<String> request(RequestBatch batch, int index) {
    List<String> arguments = new ArrayList<>();
    for (int arg = 0; arg < batch.argCount(index); arg++) {
      arguments.add(new String(batch.argBytes(index, arg), StandardCharsets.ISO_8859_1));
    }
    return arguments;
  }

  /// What an authenticated decoder makes of the bytes if it gets them in pieces that end at `cuts`.
  static List<List<String>> decode(ProtocolLimits limits, byte[] bytes, int... cuts) {
    List<List<String>> requests = new ArrayList<>();
    try (RequestDecoder decoder = new RequestDecoder(limits)) {
      decoder.setAuthenticated(true);
      int from = 0;
      for (int i = 0; i <= cuts.length; i++) {
        int to = i < cuts.length ? cuts[i] : bytes.length;
        decoder.feed(buffer(bytes, from, to));
        requests.addAll(drain(decoder));
        from = to;
      }
    }
    return requests;
  }

  static List<List<String>> decode(String text) {
    return decode(ProtocolLimits.DEFAULT, latin(text));
  }
}
