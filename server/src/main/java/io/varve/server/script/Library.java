package io.varve.server.script;

import io.varve.server.command.CommandException;
import io.varve.server.lua.code.Parser;
import io.varve.server.lua.lib.StandardLibrary;
import io.varve.server.lua.value.LuaAbort;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// A library of functions.
///
/// Functions of a library share its local variables, from call to call. Every thread that runs functions
/// has a library of its own for that, loaded when it is first used: those of the command loop are the ones
/// that count, those of readers serve rehearsals and reads.
final class Library {

  /// Loading may take so long.
  private static final long LOAD_MILLIS_MAX = 500;

  private static final ThreadLocal<Map<Library, Registration>> LOADED =
      ThreadLocal.withInitial(WeakHashMap::new);

  private final String name;
  private final byte[] code;
  private final LuaFunction program;
  private final LuaState.Limits limits;

  private Library(String name, byte[] code, LuaFunction program, LuaState.Limits limits) {
    this.name = name;
    this.code = code;
    this.program = program;
    this.limits = limits;
  }

  /// @param code with its first line: `#!lua name=mylib`
  /// @throws CommandException if it is no library
  static Library compile(byte[] code, LuaState.Limits limits) {
    LuaString text = LuaString.of(code);
    String name = nameOf(text);
    LuaFunction program;
    try {
      program = Parser.parse(ScriptFlags.withoutShebang(text), "user_function");
    } catch (LuaError e) {
      throw new CommandException(
          "ERR Error compiling function: " + Script.utf8(String.valueOf(e.getMessage())));
    } catch (StackOverflowError _) {
      throw new CommandException("ERR Error compiling function: too many syntax levels");
    }
    Library library = new Library(name, code.clone(), program, limits);
    Registration registration = library.load();
    if (registration.functions().isEmpty()) {
      throw new CommandException("ERR No functions registered");
    }
    LOADED.get().put(library, registration);
    return library;
  }

  private static String nameOf(LuaString code) {
    String text = code.text();
    if (!text.startsWith("#!")) {
      throw new CommandException("ERR Missing library metadata");
    }
    int end = text.indexOf('\n');
    if (end < 0) {
      throw new CommandException("ERR Invalid library metadata");
    }
    String[] words = text.substring(0, end).strip().split("[ \t\r]+", -1);
    String language = words[0].substring("#!".length());
    if (!language.equalsIgnoreCase("lua")) {
      throw new CommandException("ERR Engine '" + Script.utf8(language) + "' not found");
    }
    String name = null;
    for (int i = 1; i < words.length; i++) {
      if (!words[i].toLowerCase(java.util.Locale.ROOT).startsWith("name=")) {
        throw new CommandException("ERR Invalid metadata value given: " + Script.utf8(words[i]));
      }
      if (name != null) {
        throw new CommandException(
            "ERR Invalid metadata value, name argument was given multiple times");
      }
      name = unquoted(words[i].substring("name=".length()));
    }
    if (name == null) {
      throw new CommandException("ERR Library name was not given");
    }
    if (!Registration.isName(name)) {
      throw new CommandException(
          "ERR Library names can only contain letters, numbers, or underscores(_) and must be at least"
              + " one character long");
    }
    return name;
  }

  /// A name is the same with quotes around it.
  private static String unquoted(String word) {
    boolean quoted = word.length() > 2 && word.startsWith("\"") && word.endsWith("\"");
    return quoted ? word.substring(1, word.length() - 1) : word;
  }

  String name() {
    return name;
  }

  byte[] nameBytes() {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  byte[] code() {
    return code;
  }

  /// What it has registered, as the calling thread has loaded it.
  Map<String, Registration.Function> functions() {
    return LOADED.get().computeIfAbsent(this, Library::load).functions();
  }

  /// By its name in any case.
  Registration.@Nullable Function findFunction(String called) {
    Map<String, Registration.Function> all = functions();
    Registration.Function exact = all.get(called);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, Registration.Function> entry : all.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(called)) {
        return entry.getValue();
      }
    }
    return null;
  }

  private Registration load() {
    Registration registration = new Registration();
    long began = System.nanoTime();
    LuaState state =
        new LuaState(
            limits,
            () -> {
              if (System.nanoTime() - began > LOAD_MILLIS_MAX * 1_000_000) {
                throw new LuaAbort("FUNCTION LOAD timeout");
              }
            });
    StandardLibrary.addTo(state);
    state.globals().set("redis", RedisLibrary.forKind("user_function"));
    state.globals().set("__redis__err__handler", RedisLibrary.ERROR_HANDLER);
    StandardLibrary.seal(state);
    state.attach(registration);
    try {
      program.call(state, new Object[0]);
    } catch (LuaError e) {
      throw failed(ScriptRun.errorText(e.value()));
    } catch (LuaAbort e) {
      throw failed("ERR " + e.getMessage());
    } catch (StackOverflowError _) {
      throw failed("ERR stack overflow");
    } finally {
      state.close();
      // From now on functions run in states of their own.
      state.attach(this);
    }
    return registration;
  }

  private static CommandException failed(String error) {
    return new CommandException("ERR Error registering functions: " + Script.utf8(error));
  }
}
