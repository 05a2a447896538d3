package io.varve.server.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import io.varve.protocol.RespClient;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a script that does not end does to the others. A watchdog asks with PING, and ends the script when
/// it hears of it, as Redis' own does.
@ExtendWith(ServerUnderTest.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BusyScriptIT {

  @Test
  void pingTellsThatAScriptKeepsTheServerAndReadsAreAnsweredAllTheSame() throws IOException {
    try (RespClient watchdog = ServerUnderTest.connect();
        RespClient busy = ServerUnderTest.connect()) {
      watchdog.call("SET", "k", "v");
      watchdog.call("CONFIG", "SET", "lua-time-limit", "10");
      busy.send("EVAL", "while true do end", "0");
      busy.flush();
      Reply reply = watchdog.call("PING");
      while (!(reply instanceof Reply.Failure)) {
        assertEquals("PONG", reply.asText());
        reply = watchdog.call("PING");
      }
      assertTrue(reply.toString().startsWith("(error) BUSY "), reply.toString());
      assertEquals("v", watchdog.call("GET", "k").asText());
      assertEquals("OK", watchdog.call("SCRIPT", "KILL").asText());
      assertEquals(
          new Reply.Failure("ERR Script killed by user with SCRIPT KILL..."),
          withoutPosition(busy.read()));
      assertEquals("PONG", busy.call("PING").asText());
      assertEquals("PONG", watchdog.call("PING").asText());
      watchdog.call("CONFIG", "SET", "lua-time-limit", "5000");
    }
  }

  @Test
  void aFunctionIsEndedByTheKillThatIsForFunctions() throws IOException {
    try (RespClient watchdog = ServerUnderTest.connect();
        RespClient busy = ServerUnderTest.connect()) {
      assertEquals(
          new Reply.Failure("NOTBUSY No scripts in execution right now."),
          watchdog.call("SCRIPT", "KILL"));
      watchdog.call(
          "FUNCTION",
          "LOAD",
          "REPLACE",
          "#!lua name=busy\nredis.register_function('spin', function() while true do end end)");
      watchdog.call("CONFIG", "SET", "lua-time-limit", "10");
      busy.send("FCALL", "spin", "0");
      busy.flush();
      while (!(watchdog.call("PING") instanceof Reply.Failure)) {
        Thread.onSpinWait();
      }
      assertTrue(watchdog.call("SCRIPT", "KILL").toString().startsWith("(error) BUSY "));
      assertEquals("OK", watchdog.call("FUNCTION", "KILL").asText());
      assertTrue(busy.read().toString().contains("Script killed by user with SCRIPT KILL"));
      assertEquals("PONG", watchdog.call("PING").asText());
      watchdog.call("CONFIG", "SET", "lua-time-limit", "5000");
      watchdog.call("FUNCTION", "DELETE", "busy");
    }
  }

  private static Reply withoutPosition(Reply reply) {
    return reply instanceof Reply.Failure(String text)
        ? new Reply.Failure(text.replaceAll(" script: .*", ""))
        : reply;
  }
}
