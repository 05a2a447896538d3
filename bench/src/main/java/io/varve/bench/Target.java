package io.varve.bench;

import io.varve.protocol.RespClient;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The server that is measured: Varve, or any other that speaks the protocol.
record Target(String host, int port) {

  RespClient connect() throws IOException {
    return RespClient.connect(host, port);
  }

  /// Name and version, as INFO tells them.
  String describe() throws IOException {
    String varve = findField("varve_version");
    String redis = findField("redis_version");
    if (varve != null) {
      return "Varve " + varve;
    }
    return redis == null ? "unknown server" : "Redis " + redis;
  }

  /// A number that INFO tells, or null if this server does not tell it.
  @Nullable Long findFigure(String field) throws IOException {
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
