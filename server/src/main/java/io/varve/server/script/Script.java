package io.varve.server.script;

import io.varve.server.command.CommandException;
import io.varve.server.lua.code.Parser;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaString;
import java.nio.charset.StandardCharsets;

/// A script that EVAL or SCRIPT LOAD has brought.
///
/// @param bytes of its text
record Script(String sha, ScriptFlags flags, LuaFunction program, int bytes) {

  /// @throws CommandException if it is no program
  static Script compile(String sha, byte[] body) {
    LuaString text = LuaString.of(body);
    ScriptFlags flags = ScriptFlags.of(text);
    try {
      LuaFunction program = Parser.parse(ScriptFlags.withoutShebang(text), "user_script");
      return new Script(sha, flags, program, body.length);
    } catch (LuaError e) {
      throw new CommandException(
          "ERR Error compiling script (new function): " + utf8(String.valueOf(e.getMessage())));
    } catch (StackOverflowError _) {
      throw new CommandException(
          "ERR Error compiling script (new function): user_script: chunk has too many syntax levels");
    }
  }

  /// A text with a character per byte as what its bytes say.
  static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
