package io.varve.server.commands;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Plays a [Conversation] against a server that listens, Varve or Redis.
///
/// Reads as many lines of a reply as the script expects, so it needs no pauses; what a server sends
/// beyond that shows in the next reply. Time cannot be moved there: such scripts are refused.
public final class LiveConversation {

  private static final int REPLY_TIMEOUT_MILLIS = 10_000;

  private LiveConversation() {}

  /// @return a description of each step that was answered otherwise; empty if all is well
  public static List<String> play(String host, int port, Path script) throws IOException {
    Conversation conversation = Conversation.parse(Files.readAllLines(script));
    List<String> wrong = new ArrayList<>();
    Map<Integer, Socket> clients = new HashMap<>();
    Map<Integer, InputStream> replies = new HashMap<>();
    try {
      for (Conversation.Step step : conversation.steps()) {
        if (step.isAdvance()) {
          throw new IllegalArgumentException(script + " needs a clock that can be moved");
        }
        Socket socket = clients.get(step.client());
        if (socket == null) {
          socket = new Socket(host, port);
          socket.setSoTimeout(REPLY_TIMEOUT_MILLIS);
          clients.put(step.client(), socket);
          replies.put(step.client(), new BufferedInputStream(socket.getInputStream()));
        }
        socket.getOutputStream().write(encode(step.request()));
        List<String> reply =
            readLines(replies.getOrDefault(step.client(), InputStream.nullInputStream()), step);
        if (!Conversation.matches(step.expected(), reply)) {
          wrong.add(step.line() + " expected " + step.expected() + " but got " + reply);
        }
      }
    } finally {
      for (Socket socket : clients.values()) {
        socket.close();
      }
    }
    return wrong;
  }

  private static byte[] encode(List<String> request) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(("*" + request.size() + "\r\n").getBytes(StandardCharsets.US_ASCII));
    for (String word : request) {
      byte[] bytes = Conversation.bytes(word);
      out.write(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(bytes);
      out.write(new byte[] {'\r', '\n'});
    }
    return out.toByteArray();
  }

  private static List<String> readLines(InputStream in, Conversation.Step step) throws IOException {
    StringBuilder text = new StringBuilder();
    int missing = step.expected().size();
    while (missing > 0) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("closed after " + step.line());
      }
      text.append((char) b);
      if (b == '\n' && text.length() > 1 && text.charAt(text.length() - 2) == '\r') {
        missing--;
      }
    }
    return Conversation.lines(text.toString());
  }
}
