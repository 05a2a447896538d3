package io.varve.server.script;

import io.varve.server.command.CommandException;
import io.varve.server.lua.value.LuaString;
import java.util.Set;
import java.util.TreeSet;

/// What a script says of itself in its first line: `#!lua flags=no-writes,allow-stale`.
///
/// @param given whether there is such a line; without one a script may do all its command may
/// @param names the flags
public record ScriptFlags(boolean given, Set<String> names) {

  static final Set<String> KNOWN =
      Set.of("no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys");

  private static final ScriptFlags NONE = new ScriptFlags(false, Set.of());

  public boolean isReadOnly() {
    return names.contains("no-writes");
  }

  /// @throws CommandException if there is a first line and it is not understood
  static ScriptFlags of(LuaString body) {
    if (body.length() < 2 || body.at(0) != '#' || body.at(1) != '!') {
      return NONE;
    }
    String text = body.text();
    int end = text.indexOf('\n');
    if (end < 0) {
      throw new CommandException("ERR Invalid script shebang");
    }
    String[] words = text.substring(2, end).strip().split("[ \t\r]+", -1);
    if (words[0].isEmpty()) {
      throw new CommandException("ERR Invalid engine in script shebang");
    }
    if (!words[0].equals("lua")) {
      throw new CommandException("ERR Unexpected engine in script shebang: #!" + words[0]);
    }
    Set<String> names = new TreeSet<>();
    for (int i = 1; i < words.length; i++) {
      if (!words[i].startsWith("flags=")) {
        throw new CommandException("ERR Unknown lua shebang option: " + words[i]);
      }
      for (String name : words[i].substring("flags=".length()).split(",", -1)) {
        if (!KNOWN.contains(name)) {
          if (name.isEmpty()) {
            continue;
          }
          throw new CommandException("ERR Unexpected flag in script shebang: " + name);
        }
        names.add(name);
      }
    }
    return new ScriptFlags(true, names);
  }

  /// The program without that line; line numbers stay what they are.
  static LuaString withoutShebang(LuaString body) {
    if (body.length() < 2 || body.at(0) != '#' || body.at(1) != '!') {
      return body;
    }
    int end = 0;
    while (end < body.length() && body.at(end) != '\n') {
      end++;
    }
    return body.slice(end, body.length());
  }
}
