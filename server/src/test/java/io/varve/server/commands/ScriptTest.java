package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Scripts and functions on a store: rehearsals, rollbacks, restarts and bounds.
class ScriptTest {

  @TempDir Path directory;

  /// Commands in a file: one in a line, words between ` | `, `\n` and `\r` for themselves.
  static final class Lines {
    private Lines() {}

    static List<List<String>> of(String resource) throws IOException {
      List<List<String>> commands = new ArrayList<>();
      try (InputStream in = ScriptTest.class.getResourceAsStream(resource)) {
        for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
          if (!line.isEmpty()) {
            commands.add(
                List.of(line.replace("\\n", "\n").replace("\\r", "\r").split(" \\| ", -1)));
          }
        }
      }
      return commands;
    }
  }

  static String text(Reply reply) {
    return switch (reply) {
      case Reply.Simple simple -> simple.text();
      case Reply.Failure error -> error.text();
      case Reply.Int number -> String.valueOf(number.value());
      case Reply.Bulk bulk -> new String(bulk.bytes(), StandardCharsets.UTF_8);
      default -> reply.toString();
    };
  }

  private CommandRig rig() {
    return new CommandRig(directory.resolve("store"));
  }

  @Test
  void aScriptThatMissesBlocksIsRehearsedAndThenRunsOnce() {
    try (CommandRig rig = rig()) {
      for (int i = 0; i < 50; i++) {
        rig.call("SET", "key" + i, String.valueOf(i));
      }
      rig.flush();
      rig.reopen();
      String script =
          "local s = 0 for i = 0, 49 do s = s + redis.call('GET', 'key' .. i) end"
              + " redis.call('INCR', 'runs') pcall(redis.call, 'INCRBY', 'total', s) return s";
      assertEquals("1225", text(rig.call("EVAL", script, "0")));
      assertEquals("1", text(rig.call("GET", "runs")));
      assertEquals("1225", text(rig.call("GET", "total")));
      assertTrue(rig.rehearsals() > 0, "nothing was on disk");
    }
  }

  @Test
  void theClockStandsStillWithinAScript() {
    try (CommandRig rig = rig()) {
      String script =
          "local before = redis.call('TIME') redis.call('DEBUG', 'SLEEP', '0.02')"
              + " local after = redis.call('TIME')"
              + " return {before[1] == after[1] and before[2] == after[2],"
              + " redis.call('SET', 'k', 'v', 'PX', 1), redis.call('EXISTS', 'k')}";
      assertEquals("[1, OK, 1]", rig.call("EVAL", script, "0").toString());
    }
  }

  @Test
  void aReadOnlyScriptMayNotCallWhatRedisWouldSendToReplicas() {
    try (CommandRig rig = rig()) {
      rig.call("PFADD", "k", "a");
      String reply = text(rig.call("EVAL_RO", "return redis.call('PFCOUNT', KEYS[1])", "1", "k"));
      assertTrue(
          reply.startsWith("ERR Write commands are not allowed from read-only scripts. script: "),
          reply);
      assertEquals("1", text(rig.call("EVAL", "return redis.call('PFCOUNT', KEYS[1])", "1", "k")));
    }
  }

  @Test
  void whatAScriptWroteBeforeItFailedStays() {
    try (CommandRig rig = rig()) {
      String reply = text(rig.call("EVAL", "redis.call('SET','a','1') error('stop')", "0"));
      assertTrue(reply.startsWith("ERR user_script:1: stop script: "), reply);
      assertEquals("1", text(rig.call("GET", "a")));
    }
  }

  @Test
  void functionsSurviveARestartAndACrash() {
    try (CommandRig rig = rig()) {
      String code = "#!lua name=%s\nredis.register_function('%s', function() return '%s' end)";
      rig.call("FUNCTION", "LOAD", code.formatted("one", "f", "first"));
      rig.call("FUNCTION", "LOAD", code.formatted("two", "g", "second"));
      rig.call("FUNCTION", "LOAD", "REPLACE", code.formatted("one", "f", "third"));
      rig.call("FUNCTION", "DELETE", "two");
      rig.call("FLUSHALL");
      rig.reopenAsAfterACrash();
      assertEquals("third", text(rig.call("FCALL", "f", "0")));
      assertEquals("ERR Function not found", text(rig.call("FCALL", "g", "0")));
      rig.call("FUNCTION", "FLUSH");
      rig.reopen();
      assertEquals("ERR Function not found", text(rig.call("FCALL", "f", "0")));
    }
  }

  @Test
  void aLibraryOfATransactionThatFailsIsNotKept() {
    try (CommandRig rig = rig()) {
      rig.call("FUNCTION", "LOAD", "#!lua name=a\nredis.register_function('f', function() end)");
      Reply clash =
          rig.call(
              "FUNCTION", "LOAD", "#!lua name=b\nredis.register_function('f', function() end)");
      assertEquals("ERR Function f already exists", text(clash));
      rig.reopen();
      Reply list = rig.call("FUNCTION", "LIST");
      assertEquals(1, ((Reply.Array) list).elements().size());
    }
  }

  @Test
  void attributesAndPushesOfRepliesDoNotConfuseAScript() {
    try (CommandRig rig = new CommandRig(directory.resolve("store"))) {
      String script = "redis.setresp(3) return redis.call('debug', 'protocol', ARGV[1])";
      assertEquals(
          "Some real reply following the attribute",
          ((Reply.Bulk) rig.call("EVAL", script, "0", "attrib")).text());
      assertEquals(2, ((Reply.Array) rig.call("EVAL", script, "0", "push")).elements().size());
    }
  }

  @Test
  void memoryDepthAndNestingAreBounded() {
    try (CommandRig rig = rig()) {
      assertFails(
          rig, "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", "not enough");
      assertFails(rig, "return ('x'):rep(1e10)", "not enough memory");
      assertFails(rig, "local s = 'x' while true do s = s .. s end", "not enough memory");
      assertFails(rig, "local function f() return 1 + f() end return f()", "stack overflow");
      assertFails(rig, "return " + "(".repeat(1000) + "1" + ")".repeat(1000), "too many");
      assertFails(rig, "local t = {} for i = 1, 1e5 do t = {t} end return t", "stack");
      String collectable = "for i = 1, 3e6 do local t = {i, tostring(i)} end return 'fine'";
      assertEquals("fine", text(rig.call("EVAL", collectable, "0")));
    }
  }

  private static void assertFails(CommandRig rig, String script, String part) {
    String reply = rig.call("EVAL", script, "0").toString();
    assertTrue(reply.contains(part), () -> script + ": " + reply);
  }
}
