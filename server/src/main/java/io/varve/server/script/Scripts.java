package io.varve.server.script;

import io.varve.server.lua.value.LuaState;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The scripts of a server: those that are kept, those that run, and what they may take.
///
/// Any thread may look scripts up and add them, since rehearsals do. The cache is bounded in bytes; the
/// script that was asked for longest ago goes first.
public final class Scripts {

  private static final long CACHE_BYTES_MAX = 64L << 20;

  /// The tree of a script takes a multiple of its text.
  private static final int BYTES_PER_CHARACTER = 32;

  private static final int OVERHEAD_BYTES = 1024;

  /// Bytes of the stack of every thread that runs scripts.
  public static final long STACK_BYTES = 64L << 20;

  private static final int STACK_UNITS = 40_000;
  private static final long MEMORY_BYTES_MAX = 256L << 20;

  private final LuaState.Limits limits =
      new LuaState.Limits(
          Math.min(MEMORY_BYTES_MAX, Runtime.getRuntime().maxMemory() / 4), STACK_UNITS);
  private final Map<String, Script> cache = new LinkedHashMap<>(16, 0.75f, true);
  private final List<ScriptRun> running = new CopyOnWriteArrayList<>();
  private long cachedBytes;
  private volatile long busyMillis = 5000;
  private volatile Runnable whileBusy = () -> {};

  /// Of the client whose rehearsed script was killed: its real run must not begin. Zero if none.
  private volatile long killedSession;

  public Scripts() {}

  /// @param millis after which a running script is called busy
  public void busyAfter(long millis) {
    busyMillis = millis;
  }

  /// What the command loop does now and then while a script keeps it busy: answer others.
  public void whileBusy(Runnable task) {
    whileBusy = task;
  }

  /// Scripts in the cache.
  public synchronized int cachedScripts() {
    return cache.size();
  }

  /// Memory that they take, estimated.
  public synchronized long cachedBytes() {
    return cachedBytes;
  }

  /// Whether a script keeps the command loop from others.
  public boolean isBusy() {
    for (ScriptRun run : running) {
      if (!run.isRehearsal() && run.elapsedMillis() >= busyMillis) {
        return true;
      }
    }
    return false;
  }

  synchronized @Nullable Script find(String sha) {
    return cache.get(sha);
  }

  /// The script with this text, compiled if it is new.
  Script load(byte[] body) {
    String sha = Sha1.hex(body);
    Script known = find(sha);
    if (known != null) {
      return known;
    }
    Script made = Script.compile(sha, body);
    synchronized (this) {
      if (cache.put(sha, made) == null) {
        cachedBytes += weight(made);
      }
      Iterator<Script> oldest = cache.values().iterator();
      while (cachedBytes > CACHE_BYTES_MAX && cache.size() > 1) {
        cachedBytes -= weight(oldest.next());
        oldest.remove();
      }
    }
    return made;
  }

  synchronized void flush() {
    cache.clear();
    cachedBytes = 0;
  }

  private static long weight(Script script) {
    return OVERHEAD_BYTES + (long) BYTES_PER_CHARACTER * script.bytes();
  }

  // Runs.

  LuaState.Limits limits() {
    return limits;
  }

  void began(ScriptRun run) {
    running.add(run);
  }

  void ended(ScriptRun run) {
    running.remove(run);
  }

  /// Called by a run every few thousand steps.
  void look(ScriptRun run) {
    if (!run.isRehearsal() && run.isOnLoop() && run.elapsedMillis() >= busyMillis) {
      whileBusy.run();
    }
  }

  /// What runs for a client, in the foreground if there is one; null if nothing does.
  @Nullable ScriptRun current() {
    ScriptRun found = null;
    for (ScriptRun run : running) {
      if (found == null || !run.isRehearsal()) {
        found = run;
      }
    }
    return found;
  }

  /// Ends a run at its next look.
  void kill(ScriptRun run) {
    if (run.isRehearsal()) {
      killedSession = run.sessionId();
    }
    run.kill();
  }

  /// Ends all runs without mercy: the server stops. What they wrote is not kept.
  public void killAll() {
    for (ScriptRun run : running) {
      run.kill();
    }
  }

  /// Whether the script of this client was killed while it was rehearsed; forgets it.
  boolean takeKilled(long sessionId) {
    if (killedSession == sessionId && sessionId != 0) {
      killedSession = 0;
      return true;
    }
    return false;
  }
}
