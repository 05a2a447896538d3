package io.varve.server.replica;

import io.varve.protocol.ProtocolException;
import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A server, and as whom to speak to it: `host:port` or `redis://[user:password@]host[:port][/database]`.
///
/// @param user null for the default one
/// @param password null for none
/// @param database -1 for all
public record Address(
    String host, int port, @Nullable String user, @Nullable String password, int database) {

  public static final int ALL_DATABASES = -1;

  private static final int PORT_DEFAULT = 6379;
  private static final String SCHEME = "redis://";

  /// @throws ImportException if the text names no server
  public static Address parse(String text) throws ImportException {
    URI uri;
    try {
      uri = new URI(text.startsWith(SCHEME) ? text : SCHEME + text);
    } catch (URISyntaxException _) {
      // The text may hold a password, so it is not repeated.
      throw new ImportException("the address is no redis://[user:password@]host[:port][/database]");
    }
    String host = uri.getHost();
    if (host == null || host.isEmpty()) {
      throw new ImportException("the address has no host");
    }
    int port = uri.getPort() < 0 ? PORT_DEFAULT : uri.getPort();
    String user = null;
    String password = null;
    String secrets = uri.getUserInfo();
    if (secrets != null) {
      int colon = secrets.indexOf(':');
      user = colon > 0 ? secrets.substring(0, colon) : null;
      password = secrets.substring(colon + 1);
    }
    return new Address(unbracketed(host), port, user, password, database(uri));
  }

  private static int database(URI uri) throws ImportException {
    String path = uri.getPath();
    if (path == null || path.isEmpty() || path.equals("/")) {
      return ALL_DATABASES;
    }
    if (!path.matches("/[0-9]{1,9}")) {
      throw new ImportException("'" + path + "' is no number of a database");
    }
    return Integer.parseInt(path, 1, path.length(), 10);
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /// Where it is, without who one is there.
  @Override
  public String toString() {
    return host + ":" + port;
  }

  /// Opens a connection that may ask for anything.
  ///
  /// @param what `source` or `target`, for messages
  RespClient connect(String what, Duration timeout) throws ImportException {
    RespClient client = null;
    try {
      client = RespClient.connect(host, port, timeout);
      if (password != null) {
        Reply answer =
            user == null ? client.call("AUTH", password) : client.call("AUTH", user, password);
        if (answer instanceof Reply.Failure(String text)
            && !text.contains("without any password")) {
          throw new ImportException("the " + what + " " + this + " refuses: " + text);
        }
      }
      if (client.call("PING") instanceof Reply.Failure(String text)) {
        throw new ImportException("the " + what + " " + this + " refuses: " + text);
      }
      RespClient ready = client;
      client = null;
      return ready;
    } catch (IOException | ProtocolException unreachable) {
      throw new ImportException(
          "the " + what + " " + this + " cannot be reached: " + unreachable.getMessage(),
          unreachable);
    } finally {
      close(client);
    }
  }

  private static void close(@Nullable RespClient client) {
    if (client != null) {
      try {
        client.close();
      } catch (IOException _) {
        // It was of no use anyway.
      }
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
