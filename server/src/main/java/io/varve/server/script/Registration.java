package io.varve.server.script;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a library registers while it is loaded: the functions, by name.
final class Registration {

  /// A function of a library.
  ///
  /// @param description null if there is none
  record Function(
      String name, LuaFunction callback, @Nullable String description, Set<String> flags) {}

  private final Map<String, Function> functions = new LinkedHashMap<>();

  Map<String, Function> functions() {
    return functions;
  }

  /// `redis.register_function(name, callback)`, or with one table of named arguments.
  static Object register(Args args) {
    if (!(args.state().attachment() instanceof Registration registration)) {
      throw RedisLibrary.error(
          args, "redis.register_function can only be called on FUNCTION LOAD command");
    }
    registration.add(args);
    return LuaState.NO_VALUES;
  }

  private void add(Args args) {
    if (args.count() < 1 || args.count() > 2) {
      throw RedisLibrary.error(args, "wrong number of arguments to redis.register_function");
    }
    Function function = args.count() == 1 ? ofNamed(args) : ofPositional(args);
    if (!isName(function.name)) {
      throw RedisLibrary.error(
          args,
          "Library names can only contain letters, numbers, or underscores(_) and must be at least"
              + " one character long");
    }
    if (functions.putIfAbsent(function.name, function) != null) {
      throw RedisLibrary.error(args, "Function already exists in the library");
    }
  }

  static boolean isName(String name) {
    return name.matches("[A-Za-z0-9_]+");
  }

  private static Function ofPositional(Args args) {
    LuaString name = Operations.toConcat(args.get(1));
    if (name == null) {
      throw RedisLibrary.error(args, "first argument to redis.register_function must be a string");
    }
    if (!(args.get(2) instanceof LuaFunction callback)) {
      throw RedisLibrary.error(
          args, "second argument to redis.register_function must be a function");
    }
    return new Function(name.text(), callback, null, Set.of());
  }

  private static Function ofNamed(Args args) {
    if (!(args.get(1) instanceof LuaTable table)) {
      throw RedisLibrary.error(
          args,
          "calling redis.register_function with a single argument is only applicable to Lua table"
              + " (representing named arguments).");
    }
    String name = null;
    LuaFunction callback = null;
    String description = null;
    Set<String> flags = Set.of();
    for (int at = table.firstFrom(0); at >= 0; at = table.firstFrom(at + 1)) {
      Object value = table.valueAt(at);
      if (!(table.keyAt(at) instanceof LuaString key)) {
        throw RedisLibrary.error(
            args, "named argument key given to redis.register_function is not a string");
      }
      switch (key.text().toLowerCase(java.util.Locale.ROOT)) {
        case "function_name" -> name = text(args, value, "function_name");
        case "description" -> description = text(args, value, "description");
        case "callback" -> {
          if (!(value instanceof LuaFunction function)) {
            throw RedisLibrary.error(
                args, "callback argument given to redis.register_function must be a function");
          }
          callback = function;
        }
        case "flags" -> flags = flags(args, value);
        default ->
            throw RedisLibrary.error(args, "unknown argument given to redis.register_function");
      }
    }
    if (name == null) {
      throw RedisLibrary.error(args, "redis.register_function must get a function name argument");
    }
    if (callback == null) {
      throw RedisLibrary.error(args, "redis.register_function must get a callback argument");
    }
    return new Function(name, callback, description, flags);
  }

  private static String text(Args args, Object value, String argument) {
    LuaString text = Operations.toConcat(value);
    if (text == null) {
      throw RedisLibrary.error(
          args, argument + " argument given to redis.register_function must be a string");
    }
    return text.text();
  }

  private static Set<String> flags(Args args, Object value) {
    if (!(value instanceof LuaTable table)) {
      throw RedisLibrary.error(
          args,
          "flags argument to redis.register_function must be a table representing function flags");
    }
    Set<String> names = new TreeSet<>();
    for (int i = 1; table.get(i) != Nil.NIL; i++) {
      LuaString flag = Operations.toConcat(table.get(i));
      if (flag == null || !ScriptFlags.KNOWN.contains(flag.text())) {
        throw RedisLibrary.error(args, "unknown flag given");
      }
      names.add(flag.text());
    }
    return names;
  }
}
