package io.varve.server.lua.value;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A coroutine: a program of its own on a thread of its own, of which one at a time runs.
///
/// Control is handed from thread to thread, so the run's state is never shared. What the host does
/// for a program (commands, the look at the clock) is done by the thread that began the run:
/// a coroutine that needs it hands the task to whoever resumed it, down to the main program. The
/// number of threads is bounded; those of coroutines that are left suspended end with the run.
public final class Coroutine implements Traced {

  private static final int LIVE_MAX = 256;
  private static final long STACK_BYTES = 4L << 20;
  private static final int STACK_UNITS = 3000;

  /// What `coroutine.status` says.
  public enum Status {
    SUSPENDED,
    RUNNING,
    NORMAL,
    DEAD
  }

  /// Threads of one run.
  static final class Pool {
    private final List<Coroutine> live = new ArrayList<>();

    void add(LuaState state, Coroutine coroutine) {
      if (live.size() >= LIVE_MAX) {
        throw LuaError.at(state, "too many coroutines");
      }
      live.add(coroutine);
    }

    void close() {
      for (Coroutine coroutine : List.copyOf(live)) {
        coroutine.kill();
      }
      live.clear();
    }
  }

  /// Unwinds the thread of a coroutine that nobody will resume.
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("the run has ended", null, false, false);
    }
  }

  private final LuaState state;
  private final LuaFunction body;
  private volatile Status status = Status.SUSPENDED;
  private @Nullable Thread thread;
  private @Nullable Coroutine resumer;

  // The stack of calls of whoever does not run: of the resumer while this runs, else of this.
  private @Nullable Frame otherFrame;
  private int otherDepth;
  private int otherDepthMax = STACK_UNITS;

  // What is handed over.
  private volatile boolean mine;
  private volatile boolean killed;
  private volatile @Nullable Thread waitingResumer;
  private Object[] passed = LuaState.NO_VALUES;
  private @Nullable Throwable failure;
  private @Nullable Supplier<?> task;
  private @Nullable Object taskResult;
  private @Nullable RuntimeException taskFailure;

  public Coroutine(LuaState state, LuaFunction body) {
    this.state = state;
    this.body = body;
    state.charge(256);
  }

  public Status status() {
    return status;
  }

  /// Goes on with the coroutine until it yields, returns or fails.
  ///
  /// @return what it yielded or returned
  /// @throws LuaError what it failed with
  public Object[] resume(Object[] args) {
    Thread runner = thread;
    if (runner == null) {
      state.coroutines().add(state, this);
      runner = new Thread(null, this::run, "varve-coroutine", STACK_BYTES);
      runner.setDaemon(true);
      thread = runner;
    }
    resumer = state.coroutine();
    if (resumer != null) {
      resumer.status = Status.NORMAL;
    }
    status = Status.RUNNING;
    passed = args;
    swapStacks(this);
    pass(runner);
    while (true) {
      awaitOther();
      Supplier<?> wanted = task;
      if (wanted == null) {
        break;
      }
      task = null;
      serve(wanted);
      pass(runner);
    }
    swapStacks(resumer);
    if (resumer != null) {
      resumer.status = Status.RUNNING;
    }
    Throwable failed = failure;
    failure = null;
    switch (failed) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failed);
    }
    return passed;
  }

  /// Suspends the coroutine that is running; returns what it is resumed with. Its own thread only.
  public Object[] suspend(Object[] values) {
    passed = values;
    status = Status.SUSPENDED;
    giveBack();
    return passed;
  }

  @Override
  public void trace(LiveBytes into) {
    into.addBytes(256);
    into.add(body);
    into.addAll(passed);
    into.addFrames(otherFrame);
  }

  /// The stacks of those that wait for this coroutine, which is running.
  void traceResumers(LiveBytes into) {
    for (Coroutine at = this; at != null; at = at.resumer) {
      into.add(at);
    }
  }

  /// Has the host do something. The coroutine's own thread only.
  @SuppressWarnings("unchecked") // The result is that of the task.
  <T> T askHost(Supplier<T> wanted) {
    taskFailure = null;
    task = wanted;
    giveBack();
    RuntimeException failed = taskFailure;
    if (failed != null) {
      throw failed;
    }
    return (T) java.util.Objects.requireNonNull(taskResult);
  }

  /// What the program inside may catch goes back to it; all else ends the run from here.
  private void serve(Supplier<?> wanted) {
    try {
      taskResult = state.onHostOf(resumer, wanted);
    } catch (LuaError e) {
      taskFailure = e;
    }
  }

  private void run() {
    try {
      passed = LuaState.all(body.call(state, passed));
    } catch (Killed _) {
      return;
    } catch (StackOverflowError _) {
      failure = LuaError.at(state, "stack overflow");
    } catch (Throwable e) {
      failure = e;
    }
    status = Status.DEAD;
    state.coroutines().live.remove(this);
    mine = false;
    LockSupport.unpark(waitingResumer);
  }

  private void pass(Thread runner) {
    waitingResumer = Thread.currentThread();
    mine = true;
    if (runner.getState() == Thread.State.NEW) {
      runner.start();
    } else {
      LockSupport.unpark(runner);
    }
  }

  private void awaitOther() {
    while (mine) {
      LockSupport.park(this);
    }
  }

  private void giveBack() {
    mine = false;
    LockSupport.unpark(waitingResumer);
    while (!mine) {
      if (killed) {
        throw new Killed();
      }
      LockSupport.park(this);
    }
  }

  private void kill() {
    status = Status.DEAD;
    killed = true;
    LockSupport.unpark(thread);
  }

  private void swapStacks(@Nullable Coroutine to) {
    Frame frame = state.frame();
    int depth = state.depth();
    int depthMax = state.depthMax();
    state.turnTo(to, otherFrame, otherDepth, otherDepthMax);
    otherFrame = frame;
    otherDepth = depth;
    otherDepthMax = depthMax;
  }
}
