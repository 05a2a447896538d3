package io.varve.server.command;

import io.varve.engine.bytes.Slice;
import io.varve.server.pubsub.PushMessage;
import io.varve.server.session.Connection;
import io.varve.server.session.Session;
import java.util.Locale;

/// A command as MONITOR shows it: when, in which database, by whom, and its arguments in quotes.
final class MonitorLine {

  private MonitorLine() {}

  /// The command that an invocation runs for its client.
  static PushMessage ofClient(Invocation in) {
    return of(in, address(in.session().connection()));
  }

  /// The command that an invocation runs for a script.
  static PushMessage ofScript(Invocation in) {
    return of(in, "lua");
  }

  private static PushMessage of(Invocation in, String source) {
    Arguments args = in.args();
    Session session = in.session();
    long micros = in.server().time().micros();
    StringBuilder line = new StringBuilder(64);
    line.append(micros / 1_000_000)
        .append(String.format(Locale.ROOT, ".%06d [", micros % 1_000_000))
        .append(session.database())
        .append(' ')
        .append(source)
        .append(']');
    for (int i = 0; i < args.count(); i++) {
      line.append(' ');
      if (Secrets.isSecret(in.command(), args, i)) {
        line.append("\"(redacted)\"");
      } else {
        quote(args.get(i), line);
      }
    }
    String text = line.toString();
    return new PushMessage(out -> out.simpleString(text));
  }

  private static String address(Connection connection) {
    String address = connection.remoteAddress();
    return connection.isLocalSocket()
        ? "unix:" + address.substring(0, Math.max(0, address.lastIndexOf(':')))
        : address;
  }

  /// Printable ASCII as it is, all else as C writes it.
  private static void quote(Slice bytes, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < bytes.length(); i++) {
      int c = bytes.getUnsigned(i);
      switch (c) {
        case '\\', '"' -> out.append('\\').append((char) c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 7 -> out.append("\\a");
        case '\b' -> out.append("\\b");
        default -> {
          if (c >= ' ' && c <= '~') {
            out.append((char) c);
          } else {
            out.append(String.format(Locale.ROOT, "\\x%02x", c));
          }
        }
      }
    }
    out.append('"');
  }
}
