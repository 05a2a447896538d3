package io.varve.server.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.protocol.Reply;
import io.varve.server.commands.ScriptTest.Lines;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Gives the same scripts and functions to redis-server and to ours, by `lua/commands.txt`.
@DisplayName("needs redis-server")
class ScriptDifferenceTest extends BesideRedis {

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void scriptsAndFunctionsAreAnsweredAlike(int protocol) throws IOException {
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      speak(rig, protocol);
      for (List<String> command : Lines.of("/lua/commands.txt")) {
        compare(rig, command.toArray(new String[0]));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"#!lua name=%s\nredis.register_function('%s',function() return 1 end)"})
  void dumpsGoBothWays(String code) throws IOException {
    String text = code.formatted("lib", "f") + "\n-- " + "the same again ".repeat(200);
    client.call("FUNCTION", "LOAD", text);
    byte[] theirs = ((Reply.Bulk) client.call("FUNCTION", "DUMP")).bytes();
    try (CommandRig rig = new CommandRig(directory.resolve("ours"))) {
      assertEquals("OK", ScriptTest.text(rig.call(bytes("FUNCTION"), bytes("RESTORE"), theirs)));
      assertEquals("1", ScriptTest.text(rig.call("FCALL", "f", "0")));
      byte[] ours = ((Reply.Bulk) rig.call("FUNCTION", "DUMP")).bytes();
      client.call("FUNCTION", "FLUSH");
      assertEquals("OK", ScriptTest.text(client.call(bytes("FUNCTION"), bytes("RESTORE"), ours)));
      assertEquals("1", ScriptTest.text(client.call("FCALL", "f", "0")));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }
}
