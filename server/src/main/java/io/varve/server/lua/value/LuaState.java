package io.varve.server.lua.value;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One run of a program: its budgets, its stack of calls, its globals.
///
/// Belongs to one thread at a time; coroutines hand it to each other. Three budgets bound what a
/// program can take: memory (what strings and tables hold, see [LiveBytes]), depth (of calls, in units of
/// the Java stack), and time, which the [Supervisor] judges every few thousand steps.
public final class LuaState implements Meter {

  public static final Object[] NO_VALUES = {};

  /// As many values as one call may take or return; the stack of Lua 5.1 has room for as many.
  public static final int VALUES_MAX = 8000;

  static final int STRING_BYTES = 40;
  static final int CELL_BYTES = 16;
  static final int FRAME_BYTES = 96;

  /// Steps between two looks at the clock.
  private static final int STEPS_PER_LOOK = 4096;

  /// Bytes that a string can have at most, whatever the budget.
  private static final int STRING_BYTES_MAX = 512 << 20;

  /// Looks after a run while it lasts.
  @FunctionalInterface
  public interface Supervisor {

    /// Called every few thousand steps, on the thread of the run itself.
    ///
    /// @throws LuaAbort to end the run
    void look();
  }

  /// How much a run may take.
  ///
  /// @param memoryBytes of strings and tables that are held at the same time
  /// @param stackUnits depth of nested calls, weighed by how deeply the functions are nested; a unit
  ///     takes up to some 500 bytes of the thread's stack
  public record Limits(long memoryBytes, int stackUnits) {}

  private final long beganNanos = System.nanoTime();
  private final Limits limits;
  private final Supervisor supervisor;
  private final LuaTable globals;
  private final Rand48 random = new Rand48();
  private final Map<Class<?>, Object> locals = new HashMap<>();
  private @Nullable LuaTable stringMetatable;
  private @Nullable Frame frame;
  private @Nullable Object attachment;
  private @Nullable Coroutine coroutine;
  private Coroutine.@Nullable Pool coroutines;

  /// Whether the thread that began the run works for a coroutine right now.
  private boolean hosting;

  private int steps = STEPS_PER_LOOK;
  private int depth;
  private int depthMax;
  private long allocatedBytes;

  public LuaState(Limits limits, Supervisor supervisor) {
    this.limits = limits;
    this.supervisor = supervisor;
    this.depthMax = limits.stackUnits;
    this.globals = new LuaTable(this, 0, 64);
  }

  public LuaTable globals() {
    return globals;
  }

  public Rand48 random() {
    return random;
  }

  /// What strings are indexed by.
  public void stringMetatable(LuaTable table) {
    stringMetatable = table;
  }

  public @Nullable LuaTable metatable(Object value) {
    return switch (value) {
      case LuaTable table -> table.metatable();
      case LuaString _ -> stringMetatable;
      default -> null;
    };
  }

  /// Whatever the host of the run wants its functions to find here.
  public @Nullable Object attachment() {
    return attachment;
  }

  public void attach(Object object) {
    attachment = object;
  }

  /// An object of a library that lives as long as the run.
  public <T> T local(Class<T> type, Supplier<T> made) {
    return type.cast(locals.computeIfAbsent(type, _ -> made.get()));
  }

  /// Since the run began.
  public long elapsedNanos() {
    return System.nanoTime() - beganNanos;
  }

  // Budgets.

  /// A step of the program: a turn of a loop, a call.
  public void step() {
    if (--steps < 0) {
      look();
    }
  }

  /// Many steps at once, for native functions that work long.
  public void steps(long count) {
    steps = (int) Math.max(-1, steps - count);
    if (steps < 0) {
      look();
    }
  }

  private void look() {
    steps = STEPS_PER_LOOK;
    onHost(
        () -> {
          supervisor.look();
          return Nil.NIL;
        });
  }

  @Override
  public void charge(long bytes) {
    allocatedBytes += bytes;
    if (allocatedBytes > limits.memoryBytes) {
      weigh(bytes);
    }
  }

  /// Bytes allocated and, as far as was looked, not let go of.
  public long allocatedBytes() {
    return allocatedBytes;
  }

  /// The budget is used up since the last look: finds out what of it is still held.
  private void weigh(long bytes) {
    LiveBytes live = new LiveBytes();
    live.add(globals);
    live.add(attachment instanceof Traced traced ? traced : null);
    live.addFrames(frame);
    Coroutine running = coroutine;
    if (running != null) {
      running.traceResumers(live);
    }
    long held = live.total() + bytes;
    // Weighing again soon would cost more than the program itself: so a quarter stays free.
    if (held > limits.memoryBytes - limits.memoryBytes / 4) {
      throw LuaError.of(this, LuaString.of("not enough memory"));
    }
    allocatedBytes = held;
    steps(live.weight());
  }

  /// A new string that the run pays for.
  public LuaString string(byte[] bytes) {
    charge(STRING_BYTES + bytes.length);
    return LuaString.of(bytes);
  }

  public LuaString string(String text) {
    charge(STRING_BYTES + text.length());
    return LuaString.of(text);
  }

  /// To be asked before the bytes of a string are allocated.
  ///
  /// @throws LuaError if there can be no string of this size
  public int stringSize(long bytes) {
    if (bytes > STRING_BYTES_MAX || bytes > limits.memoryBytes) {
      throw LuaError.of(this, LuaString.of("not enough memory"));
    }
    return (int) bytes;
  }

  // Calls.

  /// A call begins.
  ///
  /// @param units what it takes of the stack
  public void enter(Frame callee, int units) {
    depth += units;
    if (depth > depthMax) {
      depth -= units;
      throw LuaError.at(this, "stack overflow");
    }
    callee.caller = frame;
    frame = callee;
    step();
  }

  /// A call has returned. One that ends by an error needs none: whoever catches it restores.
  public void leave(Frame callee, int units) {
    depth -= units;
    frame = callee.caller;
  }

  /// Calls a function from a native one.
  public Object callBack(LuaFunction function, Object... args) {
    Frame here = Frame.ofNative(this);
    enter(here, NATIVE_UNITS);
    Object result = function.call(this, args);
    leave(here, NATIVE_UNITS);
    return result;
  }

  /// What a native function that calls back takes of the stack, with all its Java frames.
  private static final int NATIVE_UNITS = 6;

  /// The innermost call, for [#restore(Frame, int)].
  public @Nullable Frame frame() {
    return frame;
  }

  public int depth() {
    return depth;
  }

  /// Back to an outer call, after an error.
  public void restore(@Nullable Frame outer, int outerDepth) {
    frame = outer;
    depth = outerDepth;
  }

  /// `chunk:line: ` of a function that is running; empty if it is native or there is none.
  ///
  /// @param level 1 for the innermost that is not the native function that asks, 2 for its caller
  public String where(int level) {
    Frame at = frame;
    for (int i = level; i > 1 && at != null; i--) {
      if (at.tailCalled && --i == 1) {
        return "";
      }
      at = at.caller;
    }
    return at == null || at.isNative() || at.line() == 0 ? "" : at.chunk + ":" + at.line() + ": ";
  }

  /// The chunk of the innermost function of the program.
  public String currentSource() {
    Frame at = innermost();
    return at == null ? "" : at.chunk;
  }

  /// The line that the innermost function of the program is at.
  public int currentLine() {
    Frame at = innermost();
    return at == null ? 0 : at.line();
  }

  private @Nullable Frame innermost() {
    Frame at = frame;
    while (at != null && at.isNative()) {
      at = at.caller;
    }
    return at;
  }

  /// From where a native function was called, or null if not from the program.
  public @Nullable Site callSite() {
    Frame at = frame;
    return at == null || at.isNative() ? null : at.site;
  }

  // Coroutines and their host.

  /// Runs something of the host on the thread that the run was begun on, whichever coroutine asks.
  public <T> T onHost(Supplier<T> task) {
    Coroutine running = coroutine;
    return running == null || hosting ? task.get() : running.askHost(task);
  }

  /// A task of a coroutine has come down to the one that resumed it.
  Object onHostOf(@Nullable Coroutine resumer, Supplier<?> task) {
    if (resumer != null) {
      return resumer.askHost(task);
    }
    hosting = true;
    try {
      return task.get();
    } finally {
      hosting = false;
    }
  }

  /// The coroutine that is running, null in the main program.
  public @Nullable Coroutine coroutine() {
    return coroutine;
  }

  Coroutine.Pool coroutines() {
    Coroutine.Pool pool = coroutines;
    if (pool == null) {
      pool = new Coroutine.Pool();
      coroutines = pool;
    }
    return pool;
  }

  /// Changes over to another coroutine, null for the main program.
  void turnTo(@Nullable Coroutine to, @Nullable Frame itsFrame, int itsDepth, int itsDepthMax) {
    coroutine = to;
    frame = itsFrame;
    depth = itsDepth;
    depthMax = itsDepthMax;
  }

  int depthMax() {
    return depthMax;
  }

  /// Ends the run: coroutines that were left suspended end with it.
  public void close() {
    Coroutine.Pool pool = coroutines;
    if (pool != null) {
      pool.close();
    }
  }

  // Results of calls.

  /// The first of the values that a call has returned, or nil.
  public static Object first(Object result) {
    if (result instanceof Object[] many) {
      return many.length == 0 ? Nil.NIL : many[0];
    }
    return result;
  }

  /// All values that a call has returned.
  public static Object[] all(Object result) {
    return result instanceof Object[] many ? many : new Object[] {result};
  }
}
