package io.varve.server.lua;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.server.lua.code.Parser;
import io.varve.server.lua.lib.StandardLibrary;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Hundreds of small programs with what redis-server 7.0 answered them.
///
/// In `snippets.txt` each program stands behind `>` and what it gave behind `<`, both with `\xHH` for
/// what does not print. It is called by pcall, and what that returns is shown by `show.lua`, with tables
/// in the order of `pairs`.
class SnippetsTest {

  private static final LuaState.Limits LIMITS = new LuaState.Limits(64 << 20, 3000);

  @Test
  void programsGiveWhatTheyGiveInRedis() throws IOException {
    String show = text("/lua/show.lua");
    List<String> wrong = new ArrayList<>();
    String program = "";
    int count = 0;
    for (String line : text("/lua/snippets.txt").split("\n", -1)) {
      if (line.startsWith("> ")) {
        program = line.substring(2);
      } else if (line.startsWith("< ")) {
        count++;
        String result = run(show, unescape(program));
        if (!escape(result).equals(line.substring(2))) {
          wrong.add(program + "\n  wanted " + line.substring(2) + "\n  got    " + escape(result));
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
    assertEquals(true, count > 300, "only " + count + " programs");
  }

  private static String run(String show, byte[] program) {
    LuaState state = new LuaState(LIMITS, () -> {});
    StandardLibrary.addTo(state);
    state.globals().set("PROGRAM", LuaString.of(program));
    StandardLibrary.seal(state);
    LuaFunction main =
        Parser.parse(
            LuaString.of(
                show
                    + "local f, e = loadstring(PROGRAM, '@user_script') "
                    + "if not f then return 'no ' .. e end return all(pcall(f))"),
            "test");
    try {
      return ((LuaString) LuaState.first(main.call(state, new Object[0]))).text();
    } catch (LuaError e) {
      return "error " + e.getMessage();
    } finally {
      state.close();
    }
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = SnippetsTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static byte[] unescape(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("\\x", i)) {
        out.write(Integer.parseInt(text.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        out.write(text.charAt(i));
      }
    }
    return out.toByteArray();
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 32 || c > 126 || c == '\\') {
        out.append("\\x")
            .append(Character.forDigit(c >> 4, 16))
            .append(Character.forDigit(c & 15, 16));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
