package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.Builtin;
import io.varve.server.lua.value.Coroutine;
import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import java.util.Arrays;
import java.util.Locale;

/// `coroutine`.
final class CoroutineLibrary {

  private CoroutineLibrary() {}

  static LuaTable table() {
    return new Module()
        .add("create", CoroutineLibrary::create)
        .add("resume", CoroutineLibrary::resume)
        .add("running", CoroutineLibrary::running)
        .add(
            "status",
            args -> LuaString.of(coroutine(args).status().name().toLowerCase(Locale.ROOT)))
        .add("wrap", CoroutineLibrary::wrap)
        .add("yield", CoroutineLibrary::suspend)
        .sealed();
  }

  private static Coroutine coroutine(Args args) {
    if (args.get(1) instanceof Coroutine coroutine) {
      return coroutine;
    }
    throw args.error(1, "coroutine expected");
  }

  private static Coroutine create(Args args) {
    if (args.get(1) instanceof Builtin || !(args.get(1) instanceof LuaFunction function)) {
      throw args.error(1, "Lua function expected");
    }
    return new Coroutine(args.state(), function);
  }

  private static Object running(Args args) {
    Coroutine running = args.state().coroutine();
    return running == null ? Nil.NIL : running;
  }

  private static Object resume(Args args) {
    Coroutine coroutine = coroutine(args);
    Object[] rest = Arrays.copyOfRange(args.all(), 1, args.count());
    if (coroutine.status() != Coroutine.Status.SUSPENDED) {
      return new Object[] {false, notSuspended(coroutine)};
    }
    try {
      return BaseLibrary.prepended(true, coroutine.resume(rest));
    } catch (LuaError e) {
      return new Object[] {false, e.value()};
    }
  }

  private static Object wrap(Args args) {
    Coroutine coroutine = create(args);
    return new Builtin("wrap", inner -> resumeWrapped(inner, coroutine));
  }

  private static Object resumeWrapped(Args args, Coroutine coroutine) {
    if (coroutine.status() != Coroutine.Status.SUSPENDED) {
      throw args.error(notSuspended(coroutine).text());
    }
    try {
      return coroutine.resume(args.all());
    } catch (LuaError e) {
      if (e.value() instanceof LuaString text) {
        throw args.error(text.text());
      }
      throw LuaError.of(args.state(), e.value());
    }
  }

  private static LuaString notSuspended(Coroutine coroutine) {
    String status = coroutine.status().name().toLowerCase(Locale.ROOT);
    return LuaString.of("cannot resume " + status + " coroutine");
  }

  private static Object suspend(Args args) {
    Coroutine running = args.state().coroutine();
    if (running == null) {
      throw LuaError.of(
          args.state(), LuaString.of("attempt to yield across metamethod/C-call boundary"));
    }
    return running.suspend(args.all());
  }
}
