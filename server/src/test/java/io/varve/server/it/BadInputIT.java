package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What no proper client sends. A broken frame gets Redis' error and ends its connection, everything
/// else gets an error and goes on; a second connection never notices.
@ExtendWith(ServerUnderTest.class)
class BadInputIT {

  private RespClient client;
  private RespClient bystander;

  @BeforeEach
  void connect() throws IOException {
    client = ServerUnderTest.connect();
    bystander = ServerUnderTest.connect();
    assertEquals("OK", bystander.call("SET", "witness", "here").asText());
  }

  @AfterEach
  void theServerLivesOnAndOthersAreUnaffected() throws IOException {
    client.close();
    assertEquals("here", bystander.call("GET", "witness").asText());
    bystander.close();
    try (RespClient another = ServerUnderTest.connect()) {
      assertEquals("PONG", another.call("PING").asText());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*abc\\r\\n                  | invalid multibulk length",
        "*99999999999999999999\\r\\n | invalid multibulk length",
        "*2147483648\\r\\n           | invalid multibulk length",
        "*1\\r\\n:5\\r\\n            | expected '$', got ':'",
        "*1\\r\\nPING\\r\\n          | expected '$', got 'P'",
        "*1\\r\\n$abc\\r\\n          | invalid bulk length",
        "*1\\r\\n$-1\\r\\n           | invalid bulk length",
        "*1\\r\\n$-5\\r\\n           | invalid bulk length",
        "*1\\r\\n$536870913\\r\\n    | invalid bulk length",
        "*1\\r\\n$9223372036854775808\\r\\n | invalid bulk length",
        "*2\\r\\n$3\\r\\nGET\\r\\n$x\\r\\n | invalid bulk length",
        "GET \"unbalanced\\r\\n      | unbalanced quotes in request",
        "GET 'a'b\\r\\n              | unbalanced quotes in request",
      })
  void aBrokenFrameIsNamedAndEndsTheConnection(String frame, String complaint) throws IOException {
    client.sendRaw(frame.strip().replace("\\r", "\r").replace("\\n", "\n"));
    client.flush();
    assertEquals(new Reply.Failure("ERR Protocol error: " + complaint.strip()), client.read());
    assertTrue(client.awaitClose());
  }

  @Test
  void whatCameBeforeTheBrokenFrameIsAnswered() throws IOException {
    client.send("SET", "a", "1");
    client.send("INCR", "a");
    client.sendRaw("*1\r\n!\r\n");
    client.flush();
    assertEquals(new Reply.Simple("OK"), client.read());
    assertEquals(new Reply.Int(2), client.read());
    assertEquals(new Reply.Failure("ERR Protocol error: expected '$', got '!'"), client.read());
    assertTrue(client.awaitClose());
    assertEquals("2", bystander.call("GET", "a").asText());
  }

  @Test
  void aHeaderWithoutEndIsTooBig() throws IOException {
    client.sendRaw("*" + "1".repeat(70_000));
    client.flush();
    assertEquals(
        new Reply.Failure("ERR Protocol error: too big mbulk count string"), client.read());
  }

  @Test
  void aBulkHeaderWithoutEndIsTooBig() throws IOException {
    client.sendRaw("*1\r\n$" + "1".repeat(70_000));
    client.flush();
    assertEquals(new Reply.Failure("ERR Protocol error: too big bulk count string"), client.read());
  }

  @Test
  void anInlineRequestWithoutEndIsTooBig() throws IOException {
    client.sendRaw("x".repeat(70_000));
    client.flush();
    assertEquals(new Reply.Failure("ERR Protocol error: too big inline request"), client.read());
  }

  @Test
  void emptyRequestsAreNoRequests() throws IOException {
    client.sendRaw("\r\n\r\n*0\r\n*-1\r\n   \r\nPING\r\n");
    client.flush();
    assertEquals(new Reply.Simple("PONG"), client.read());
  }

  @Test
  void inlineRequestsAreUnderstood() throws IOException {
    client.sendRaw("SET key \"a \\x41\\n\"\r\nGET key\nget 'key'\r\n");
    client.flush();
    assertEquals("OK", client.read().asText());
    assertEquals("a A\n", client.read().asText());
    assertEquals("a A\n", client.read().asText());
  }

  @Test
  void aConnectionThatEndsInTheMiddleOfARequestDoesNothing() throws IOException {
    client.sendRaw("*3\r\n$3\r\nSET\r\n$7\r\nwitness\r\n$100\r\nhalf of");
    client.flush();
    client.close();
    assertEquals("here", bystander.call("GET", "witness").asText());
  }

  @Test
  void announcedSizesAreNotAllocated() throws IOException {
    // 40 x 512 MB announced; the server has less memory than that.
    RespClient[] many = new RespClient[40];
    for (int i = 0; i < many.length; i++) {
      many[i] = ServerUnderTest.connect();
      many[i].sendRaw("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\nstart");
      many[i].flush();
    }
    assertEquals("PONG", bystander.call("PING").asText());
    for (RespClient one : many) {
      one.close();
    }
    client.sendRaw("*1048576\r\n$4\r\nPING\r\n");
    client.flush();
    assertEquals("PONG", bystander.call("PING").asText());
    assertEquals(0, bystander.call("EXISTS", "k").asLong());
  }

  @Test
  void manyArgumentsOfNoUseAreRefused() throws IOException {
    String[] request = new String[200_000];
    java.util.Arrays.fill(request, "x");
    request[0] = "GET";
    assertEquals(
        new Reply.Failure("ERR wrong number of arguments for 'get' command"), client.call(request));
    assertEquals("PONG", client.call("PING").asText());
  }

  @Test
  void errorsNeverCarryLinesOfTheUsers() throws IOException {
    for (String name : List.of("a\r\n+OK\r\n", "\n", "\r", "x\r\n-ERR no")) {
      Reply reply = client.call(name, "b\r\n:1\r\n");
      assertTrue(reply instanceof Reply.Failure, reply::toString);
      assertTrue(client.call("CONFIG", name) instanceof Reply.Failure);
      assertTrue(client.call("CONFIG", "SET", name, "1") instanceof Reply.Failure);
      assertTrue(client.call("SET", "k", "v", name) instanceof Reply.Failure);
      assertEquals("PONG", client.call("PING").asText());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "*", "?", "[", "\\", "a*", "*a", "[a-", "[^", "*[a"})
  void globsOfAnyLengthAreMatchedInTime(String piece) throws IOException {
    client.call("SET", "a".repeat(1000), "x");
    Reply keys = client.call("KEYS", piece.repeat(500));
    assertTrue(keys instanceof Reply.Array || keys instanceof Reply.Failure, keys::toString);
    assertEquals("PONG", client.call("PING").asText());
  }

  @Test
  void numbersBeyondAllBoundsAreRefused() throws IOException {
    client.call("SET", "k", "v");
    String huge = "9".repeat(400);
    for (String[] request :
        new String[][] {
          {"INCRBY", "n", huge},
          {"DECRBY", "n", "-" + huge},
          {"INCRBYFLOAT", "n", "1e" + huge},
          {"SETRANGE", "k", huge, "x"},
          {"GETRANGE", "k", huge, "0"},
          {"EXPIRE", "k", huge},
          {"SET", "k", "v", "PX", huge},
          {"SELECT", huge},
          {"SCAN", huge},
          {"SCAN", "0", "COUNT", huge},
          {"MOVE", "k", huge},
          {"CLIENT", "PAUSE", huge},
          {"CLIENT", "KILL", "ID", huge},
          {"SLOWLOG", "GET", huge},
          {"LCS", "k", "k", "IDX", "MINMATCHLEN", huge},
        }) {
      Reply reply = client.call(request);
      assertTrue(reply instanceof Reply.Failure, () -> String.join(" ", request) + ": " + reply);
    }
    assertEquals("v", client.call("GET", "k").asText());
    assertEquals(0, client.call("EXISTS", "n").asLong());
  }

  @Test
  void aStringDoesNotGrowBeyondItsLimit() throws IOException {
    String tooLong = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    assertEquals(new Reply.Failure(tooLong), client.call("SETRANGE", "k", "536870911", "xx"));
    assertEquals(
        new Reply.Failure(tooLong), client.call("SETRANGE", "k", "9223372036854775807", "x"));
    assertEquals(0, client.call("EXISTS", "k").asLong());
  }
}
