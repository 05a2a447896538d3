package io.varve.bench.figures;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The server that is measured: Varve, or any other that speaks the protocol.
///
/// @param password of the default user; null where none is asked for
public record Target(String host, int port, @Nullable String password) {

  public Target(String host, int port) {
    this(host, port, null);
  }

  public RespClient connect() throws IOException {
    RespClient client = RespClient.connect(host, port);
    String word = password;
    if (word != null) {
      Reply reply = client.call("AUTH", word);
      if (reply instanceof Reply.Failure) {
        client.close();
        throw new IOException(host + ":" + port + " says " + reply);
      }
    }
    return client;
  }

  /// Name and version, as INFO tells them.
  public String describe() throws IOException {
    String varve = findField("varve_version");
    String redis = findField("redis_version");
    if (varve != null) {
      return "Varve " + varve;
    }
    return redis == null ? "unknown server" : "Redis " + redis;
  }

  /// A number that INFO tells, or null if this server does not tell it.
  public @Nullable Long findFigure(String field) throws IOException {
    String text = findField(field);
    return text == null ? null : Long.valueOf(text);
  }

  private @Nullable String findField(String field) throws IOException {
    try (RespClient client = connect()) {
      for (String line : client.call("INFO", "everything").asText().split("\r\n", -1)) {
        if (line.startsWith(field + ":")) {
          return line.substring(field.length() + 1);
        }
      }
      return null;
    }
  }
}
