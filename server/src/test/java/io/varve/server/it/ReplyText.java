package io.varve.server.it;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads a reply from a socket and shows it in one line, so that every type of RESP2 and RESP3 looks
/// different.
///
/// ```
/// simple   OK                  map      {"a": 1, "b": 2}
/// error    (error) ERR text    set      set["a", "b"]
/// integer  (integer) 1         push     push["a"]
/// bulk     "text\r\n\x00"      boolean  (true)
/// null     (nil)               double   (double) 3.14
/// array    [..]  (nil array)   verbatim txt:"text"      big (big) 123
/// ```
final class ReplyText {

  private ReplyText() {}

  /// @throws EOFException if the server closes the connection instead
  static String read(InputStream in) throws IOException {
    int type = in.read();
    if (type < 0) {
      throw new EOFException("closed");
    }
    String line = line(in);
    return switch (type) {
      case '+' -> line;
      case '-' -> "(error) " + line;
      case ':' -> "(integer) " + line;
      case '_' -> "(null)";
      case '#' -> line.equals("t") ? "(true)" : "(false)";
      case ',' -> "(double) " + line;
      case '(' -> "(big) " + line;
      case '$' -> line.equals("-1") ? "(nil)" : quoted(bulk(in, line));
      case '=' -> verbatim(bulk(in, line));
      case '*' -> line.equals("-1") ? "(nil array)" : elements(in, line);
      case '~' -> "set" + elements(in, line);
      case '>' -> "push" + elements(in, line);
      case '%' -> map(in, line);
      default -> throw new IOException("no type of reply: " + (char) type + line);
    };
  }

  /// Elements in the order of their text, where the server may choose the order.
  static String sorted(String array) {
    int open = array.indexOf('[');
    if (open < 0) {
      return array;
    }
    String inner = array.substring(open + 1, array.length() - 1);
    List<String> parts = new ArrayList<>(List.of(inner.split(", ", -1)));
    parts.sort(null);
    return array.substring(0, open + 1) + String.join(", ", parts) + "]";
  }

  /// Bytes as a word of a conversation: quoted, all but printable ASCII escaped.
  static String quoted(byte[] bytes) {
    StringBuilder out = new StringBuilder("\"");
    for (byte b : bytes) {
      switch (b) {
        case '"', '\\' -> out.append('\\').append((char) b);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (b >= ' ' && b < 127) {
            out.append((char) b);
          } else {
            out.append(String.format("\\x%02x", b));
          }
        }
      }
    }
    return out.append('"').toString();
  }

  private static String elements(InputStream in, String count) throws IOException {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(count); i++) {
      parts.add(read(in));
    }
    return "[" + String.join(", ", parts) + "]";
  }

  private static String map(InputStream in, String count) throws IOException {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(count); i++) {
      String key = read(in);
      parts.add(key + ": " + read(in));
    }
    return "{" + String.join(", ", parts) + "}";
  }

  private static byte[] bulk(InputStream in, String length) throws IOException {
    byte[] bytes = in.readNBytes(Integer.parseInt(length));
    if (in.read() != '\r' || in.read() != '\n') {
      throw new IOException("no CR LF after a bulk of " + length);
    }
    return bytes;
  }

  private static String verbatim(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.substring(0, 4) + quoted(text.substring(4).getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\r'; b = in.read()) {
      if (b < 0 || b == '\n') {
        throw new IOException("a line broken off: " + out.toString(StandardCharsets.UTF_8));
      }
      out.write(b);
    }
    if (in.read() != '\n') {
      throw new IOException("a line without LF: " + out.toString(StandardCharsets.UTF_8));
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
