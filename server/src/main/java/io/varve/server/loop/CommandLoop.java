package io.varve.server.loop;

import io.netty.buffer.ByteBuf;
import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.wal.DurabilityListener;
import io.varve.protocol.ProtocolException;
import io.varve.protocol.ReplyTooLongException;
import io.varve.server.command.Dispatcher;
import io.varve.server.command.Outcome;
import io.varve.server.command.TimeSource;
import io.varve.server.keyspace.Keyspace;
import io.varve.server.session.ReplyMode;
import io.varve.server.session.Session;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that runs commands.
///
/// Work comes in rounds: take what the queue holds, run it, hand the log its group, let the replies
/// go that are durable. A round is the unit of group commit, so the more there is to do the less
/// each write pays for its sync. Commands that need a block from disk, and writes while the engine
/// asks writers to wait, are set aside; the loop goes on with other connections.
///
/// Invariants: only this thread writes to the engine and the keyspace; a connection's submissions
/// run in order; the queue holds at most the submissions that `net` allows each connection, and the
/// tasks that those cause.
public final class CommandLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CommandLoop.class);

  /// Entries taken in one round: bounds how long the first write of a round waits for its sync.
  private static final int ENTRIES_PER_ROUND = 512;

  private static final int QUEUE_CHUNK = 1024;

  /// What the loop calls each time its tick is due.
  @FunctionalInterface
  public interface Ticker {
    /// @param nowMillis wall clock
    void tick(long nowMillis);
  }

  private final Engine engine;
  private final Keyspace keyspace;
  private final Dispatcher dispatcher;
  private final CommandRunner runner;
  private final ReaderPool readers;
  private final Ticker ticker;
  private final long tickMillis;
  private final TimeSource time;
  private final LoopCounters counters = new LoopCounters();
  private final ReplyGate gate = new ReplyGate();
  private final LongSupplier durableSequence;
  private final MpscUnboundedVarHandleArrayQueue<Object> queue =
      new MpscUnboundedVarHandleArrayQueue<>(QUEUE_CHUNK);

  /// Submissions whose next command writes while the engine has no room, or is held by a pause.
  private final ArrayDeque<Submission> setAside = new ArrayDeque<>();

  private final Thread thread;
  private Runnable faultListener = () -> {};
  private ReplyGroup group = new ReplyGroup();
  private ReadView view;
  private int parkedCount;
  private long nextTickMillis;
  private volatile boolean asleep;
  private volatile boolean stopping;
  private volatile @Nullable Throwable fault;

  /// @param tickMillis time between ticks, in milliseconds
  public CommandLoop(
      Engine engine,
      Keyspace keyspace,
      Dispatcher dispatcher,
      CommandRunner runner,
      ReaderPool readers,
      Ticker ticker,
      long tickMillis,
      TimeSource time) {
    this.engine = engine;
    this.durableSequence = engine::durableSequence;
    this.keyspace = keyspace;
    this.dispatcher = dispatcher;
    this.runner = runner;
    this.readers = readers;
    this.ticker = ticker;
    this.tickMillis = tickMillis;
    this.time = time;
    this.view = engine.acquireView();
    this.thread = new Thread(this::run, "varve-loop");
  }

  /// @param onFault called when a fault of the server has ended the loop: the process must not go on
  public void start(Runnable onFault) {
    faultListener = onFault;
    engine.addDurabilityListener(
        new DurabilityListener() {
          @Override
          public void durable(long sequence) {
            gate.release(sequence);
          }

          @Override
          public void failed(EngineException cause) {
            logFailed(cause);
          }
        });
    engine.addRoomListener(() -> post(() -> {}));
    thread.start();
  }

  /// Hands over the requests of one socket read. Any thread.
  public void submit(Submission submission) {
    queue.offer(submission);
    wake();
  }

  /// Runs a task on the loop, in the order of the queue. Any thread.
  public void post(Runnable task) {
    queue.offer(task);
    wake();
  }

  /// Sends a client what it has not asked for, behind the replies to all that it has asked so far.
  /// On the loop only.
  ///
  /// If a pipeline of the client is being run the push goes between its replies, where the event
  /// happened. If a reader thread answers for the client just now it waits for that reply: a client
  /// must not learn of a change before it gets what it read from before the change.
  ///
  /// @param encoded not changed by anybody afterwards
  public void push(ClientConnection connection, byte[] encoded) {
    assert isLoopThread() : "pushes are decided on the loop";
    if (connection.isGone()) {
      return;
    }
    Submission current = connection.current();
    if (current == null) {
      connection.chargePush(encoded.length);
      group.add(new Push(connection, encoded, engine.lastSequence()));
    } else if (connection.isWithReader()) {
      connection.holdPush(encoded);
    } else {
      putBetween(current, encoded);
    }
  }

  private void putBetween(Submission current, byte[] encoded) {
    current.saw(engine.lastSequence());
    ByteBuf replies = current.replies();
    if (encoded.length > replies.maxWritableBytes()) {
      current.connection().session().closeAfterReply();
    } else {
      replies.writeBytes(encoded);
    }
  }

  public LoopCounters counters() {
    return counters;
  }

  /// The fault that ended the loop, or null while it is well.
  public @Nullable Throwable fault() {
    return fault;
  }

  /// Whether the calling thread is the loop.
  public boolean isLoopThread() {
    return Thread.currentThread().equals(thread);
  }

  /// Finishes what is queued and parked, makes it durable, releases its replies, ends the thread.
  @Override
  public void close() {
    stopping = true;
    wake();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake() {
    if (asleep) {
      asleep = false;
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    try {
      while (!(stopping && isIdle())) {
        int taken = runRound();
        if (taken == 0) {
          sleepUntilWorkOrTick();
        }
      }
    } catch (Throwable bug) {
      // A state that nobody understands must not be built upon: the roof ends the process.
      fault = bug;
      LOG.error("the command loop stopped on a fault of the server", bug);
      faultListener.run();
    } finally {
      view.close();
    }
  }

  private boolean isIdle() {
    return queue.isEmpty() && parkedCount == 0 && setAside.isEmpty() && gate.isEmpty();
  }

  private int runRound() {
    int taken = 0;
    while (taken < ENTRIES_PER_ROUND) {
      Object entry = queue.poll();
      if (entry == null) {
        break;
      }
      taken++;
      if (entry instanceof Submission submission) {
        accept(submission);
      } else {
        ((Runnable) entry).run();
      }
    }
    retrySetAside();
    long now = time.millis();
    if (now >= nextTickMillis) {
      nextTickMillis = now + tickMillis;
      ticker.tick(now);
    }
    endRound();
    return taken;
  }

  private void endRound() {
    keyspace.writeDirtyCounts();
    engine.commit();
    if (!group.isEmpty()) {
      if (group.submissionCount() > 0) {
        counters.countRound(group.submissionCount());
      }
      gate.add(group, durableSequence);
      group = new ReplyGroup();
    }
    view = engine.refresh(view);
  }

  private void sleepUntilWorkOrTick() {
    asleep = true;
    if (queue.isEmpty() && !(stopping && isIdle())) {
      long millis = Math.max(1, Math.min(tickMillis, nextTickMillis - time.millis()));
      LockSupport.parkNanos(this, millis * 1_000_000);
    }
    asleep = false;
  }

  private void accept(Submission submission) {
    ClientConnection connection = submission.connection();
    if (connection.isParked()) {
      connection.queueBehindParked(submission);
    } else {
      runRequests(submission);
    }
  }

  /// Runs requests until all are done or one has to wait.
  private void runRequests(Submission submission) {
    ClientConnection connection = submission.connection();
    Session session = connection.session();
    session.target(submission.replies());
    connection.current(submission);
    while (submission.hasNext()) {
      if (connection.isGone() || session.isCloseAfterReply()) {
        submission.skipRest();
        break;
      }
      int request = submission.next();
      if (engine.isBacklogged()
          && !stopping
          && dispatcher.writes(session, submission.requests(), request)) {
        counters.countWaitForRoom();
        setAside(submission);
        return;
      }
      view = engine.refresh(view);
      long sequence = engine.readableSequence();
      long before = engine.lastSequence();
      long bytesBefore = engine.bytesWritten();
      submission.saw(sequence);
      try {
        Outcome outcome =
            runner.run(
                session,
                submission.requests(),
                request,
                view,
                sequence,
                CommandRunner.Mode.WRITE,
                true,
                submission.takeFetched());
        if (engine.lastSequence() != before) {
          // Not the readable one: if the log fails in between, that falls back behind this write.
          submission.saw(engine.lastSequence());
          submission.wrote(engine.bytesWritten() - bytesBefore);
        }
        if (outcome == Outcome.PAUSED && stopping) {
          // Was never run and is never answered: whoever waits for the pause to end would wait
          // here.
          submission.skipRest();
          break;
        }
        if (outcome == Outcome.PAUSED) {
          setAside(submission);
          return;
        }
      } catch (NotInMemoryException signal) {
        parkForDisk(submission, request);
        return;
      } catch (EngineException damage) {
        replyFailure(session, damage);
      }
      submission.advance();
    }
    finish(submission);
  }

  /// For a write while the engine has no room, or a client that is paused: tried again each round.
  private void setAside(Submission submission) {
    submission.connection().park(submission);
    setAside.add(submission);
  }

  private void retrySetAside() {
    for (int left = setAside.size(); left > 0; left--) {
      Submission submission = setAside.poll();
      if (submission != null) {
        resume(submission);
      }
    }
  }

  private void parkForDisk(Submission submission, int request) {
    Session session = submission.connection().session();
    boolean readOnly = dispatcher.onlyReads(session, submission.requests(), request);
    submission.connection().park(submission);
    submission.connection().withReader(true);
    parkedCount++;
    counters.countParked();
    ReadView pinned = view.retain();
    long sequence = engine.readableSequence();
    submission.saw(sequence);
    if (readOnly) {
      readers.execute(with -> read(submission, request, pinned, sequence, with));
    } else {
      readers.execute(with -> rehearse(submission, request, pinned, sequence, with));
    }
  }

  /// On a reader thread: answers a read-only command for good.
  private void read(
      Submission submission, int request, ReadView pinned, long sequence, CommandRunner with) {
    Session session = submission.connection().session();
    Runnable next = () -> answeredByReader(submission);
    try {
      Outcome outcome =
          with.run(
              session,
              submission.requests(),
              request,
              pinned,
              sequence,
              CommandRunner.Mode.READ,
              false,
              null);
      if (outcome == Outcome.PAUSED) {
        next = () -> unparkAndResume(submission);
      }
    } catch (EngineException damage) {
      replyFailure(session, damage);
    } catch (RuntimeException | Error bug) {
      next = () -> rethrow(bug);
    } finally {
      pinned.close();
    }
    post(next);
  }

  /// On a reader thread: brings the blocks that a writing command needs into memory.
  private void rehearse(
      Submission submission, int request, ReadView pinned, long sequence, CommandRunner with) {
    Session session = submission.connection().session();
    Runnable next = () -> unparkAndResume(submission);
    try {
      with.run(
          session,
          submission.requests(),
          request,
          pinned,
          sequence,
          CommandRunner.Mode.REHEARSE,
          false,
          null);
      submission.putFetched(with.takeContext());
    } catch (EngineException damage) {
      with.takeContext().releasePins();
      replyFailure(session, damage);
      next = () -> answeredByReader(submission);
    } catch (RuntimeException | Error bug) {
      next = () -> rethrow(bug);
    } finally {
      pinned.close();
    }
    post(next);
  }

  private void answeredByReader(Submission submission) {
    submission.advance();
    unparkAndResume(submission);
  }

  private void unparkAndResume(Submission submission) {
    parkedCount--;
    ClientConnection connection = submission.connection();
    connection.withReader(false);
    byte[] held = connection.pollHeldPush();
    while (held != null) {
      putBetween(submission, held);
      held = connection.pollHeldPush();
    }
    resume(submission);
  }

  private void resume(Submission submission) {
    ClientConnection connection = submission.connection();
    connection.unpark();
    Submission next = submission;
    while (next != null) {
      runRequests(next);
      if (connection.isParked()) {
        return;
      }
      next = connection.pollWaiting();
    }
  }

  private void finish(Submission submission) {
    Session session = submission.connection().session();
    ProtocolException broken = submission.requests().error();
    if (broken != null && !session.isCloseAfterReply()) {
      replyError(session, broken.reply());
      session.closeAfterReply();
    }
    submission.requests().release();
    submission.connection().current(null);
    group.add(submission);
  }

  private void logFailed(EngineException cause) {
    LOG.error("the log failed; writes are refused from here on", cause);
    gate.fail();
  }

  /// The disk failed one command: an error and never a wrong answer; the connection goes on.
  private void replyFailure(Session session, EngineException failure) {
    counters.countFailure();
    LOG.warn("a command failed: {}", failure.getMessage());
    if (session.replyMode() == ReplyMode.ON) {
      replyError(session, "ERR " + failure.getMessage());
    }
  }

  private static void replyError(Session session, String error) {
    try {
      session.reply().error(error);
    } catch (ReplyTooLongException full) {
      session.closeAfterReply();
    }
  }

  private static void rethrow(Throwable bug) {
    throw new IllegalStateException("a reader thread came upon a fault of the server", bug);
  }
}
