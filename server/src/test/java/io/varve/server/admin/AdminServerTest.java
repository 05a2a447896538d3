package io.varve.server.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {

  private final AtomicReference<Health> health = new AtomicReference<>(Health.ok());

  private final AdminPages pages =
      new AdminPages() {
        @Override
        public String metrics() {
          return "varve_up 1\n";
        }

        @Override
        public Health health() {
          Health now = health.get();
          if (now.status().equals("broken")) {
            throw new IllegalStateException("broken on purpose");
          }
          return now;
        }
      };

  private AdminServer server;

  @BeforeEach
  void open() throws IOException {
    server = AdminServer.start(List.of("127.0.0.1"), 0, pages);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String exchange(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String method, String path) throws IOException {
    return exchange(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  @Test
  void metricsAreTextOfPrometheus() throws IOException {
    String answer = get("GET", "/metrics?name=x");
    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
    assertTrue(answer.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), answer);
    assertTrue(answer.endsWith("\r\n\r\nvarve_up 1\n"), answer);
  }

  @Test
  void healthIsAStatusAndJson() throws IOException {
    String ok = get("GET", "/health");
    assertTrue(ok.startsWith("HTTP/1.1 200 OK\r\n"), ok);
    assertTrue(
        ok.endsWith("{\"status\":\"ok\",\"role\":\"master\",\"poisoned\":false,\"detail\":\"\"}\n"),
        ok);
    health.set(new Health("read-only", false, "master", true, "a \"failed\"\nsync"));
    String poisoned = get("GET", "/health");
    assertTrue(poisoned.startsWith("HTTP/1.1 503 "), poisoned);
    assertTrue(
        poisoned.endsWith(
            "{\"status\":\"read-only\",\"role\":\"master\",\"poisoned\":true,"
                + "\"detail\":\"a \\\"failed\\\"\\u000async\"}\n"),
        poisoned);
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws IOException {
    assertTrue(get("GET", "/").startsWith("HTTP/1.1 404 Not Found\r\n"));
    String refused = get("POST", "/metrics");
    assertTrue(refused.startsWith("HTTP/1.1 405 Method Not Allowed\r\n"), refused);
    assertTrue(refused.contains("allow: GET, HEAD"), refused);
    String head = get("HEAD", "/metrics");
    assertTrue(head.contains("content-length: 11\r\n") && head.endsWith("\r\n\r\n"), head);
  }

  @Test
  void oversizedAndBrokenRequestsAreRefused() throws IOException {
    assertTrue(get("GET", "/" + "x".repeat(10_000)).startsWith("HTTP/1.1 4"));
    String headers = "GET /metrics HTTP/1.1\r\nX: " + "y".repeat(20_000) + "\r\n\r\n";
    assertTrue(exchange(headers).startsWith("HTTP/1.1 4"));
    assertTrue(exchange("nonsense\r\n\r\n").startsWith("HTTP/1.1 4"));
    String body = "POST /metrics HTTP/1.0\r\nContent-Length: 999999\r\n\r\n";
    assertTrue(exchange(body).startsWith("HTTP/1.1 413 "));
  }

  @Test
  void pageThatFailsIsAnErrorAndTheServerGoesOn() throws IOException {
    health.set(new Health("broken", false, "master", false, ""));
    assertTrue(get("GET", "/health").startsWith("HTTP/1.1 500 "));
    assertTrue(get("GET", "/metrics").startsWith("HTTP/1.1 200 "));
  }

  @Test
  void addressThatCannotBeBoundIsNamed() {
    IOException refused =
        assertThrows(
            IOException.class, () -> AdminServer.start(List.of("127.0.0.1"), server.port(), pages));
    assertEquals(
        "cannot listen on 127.0.0.1:" + server.port() + " for admin", refused.getMessage());
  }

  @Test
  void optionalAddressMayBeMissing() throws IOException {
    try (AdminServer other = AdminServer.start(List.of("127.0.0.1", "-192.0.2.1"), 0, pages)) {
      assertTrue(other.port() > 0);
    }
    assertThrows(IOException.class, () -> AdminServer.start(List.of("-192.0.2.1"), 0, pages));
  }
}
