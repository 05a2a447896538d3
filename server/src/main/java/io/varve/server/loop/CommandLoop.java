package io.varve.server.loop;

import io.netty.buffer.ByteBuf;
import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.wal.DurabilityListener;
import io.varve.protocol.ProtocolException;
import io.varve.server.command.Dispatcher;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeyWait;
import io.varve.server.command.Outcome;
import io.varve.server.command.TimeSource;
import io.varve.server.keyspace.Keyspace;
import io.varve.server.keyspace.ValueType;
import io.varve.server.script.Scripts;
import io.varve.server.session.Session;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs commands, one thread at a time: a thread of its own, or, for what is quick, the only event loop
/// ([#runHere]). Whoever has the [WriterRole] is the command loop at that moment.
///
/// Work comes in rounds: take what the queue holds, run it, hand the log its group, let the replies
/// go that are durable. A round is the unit of group commit, so the more there is to do the less
/// each write pays for its sync. Commands that need a block from disk, and writes while the engine
/// asks writers to wait, are set aside; the loop goes on with other connections. What cannot be answered
/// before others do something waits in [WaitingClients].
///
/// Longer than other files: each step of a round shares the view, the open group and who is parked why.
///
/// Invariants: only who has the role writes to the engine and the keyspace, and touches the fields here;
/// a connection's submissions run in order; the queue holds at most the submissions that `net` allows each connection, and the
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
  private final Ticker ticker;
  private final long tickMillis;
  private final TimeSource time;
  private final LoopCounters counters = new LoopCounters();
  private final FailureReplies failures = new FailureReplies(counters);
  private final DiskVisits visits;
  private final WaitingClients waiting = new WaitingClients(new Retries());
  private final ReplyGate gate = new ReplyGate();
  private final LongSupplier durableSequence;
  private final MpscUnboundedVarHandleArrayQueue<Object> queue =
      new MpscUnboundedVarHandleArrayQueue<>(QUEUE_CHUNK);

  /// Submissions whose next command writes while the engine has no room, or is held by a pause.
  private final ArrayDeque<Submission> setAside = new ArrayDeque<>();

  private volatile int heldClients;

  /// Whether a script has kept this thread busy in this round.
  private boolean servedBusy;

  /// Submissions that have waited and wait no longer: they go on when the one that runs now has ended.
  private final ArrayDeque<Submission> released = new ArrayDeque<>();

  private final WriterRole role = new WriterRole();
  private final Thread thread;
  private Runnable faultListener = () -> {};

  /// What came while a script kept the loop busy and has to wait for its end, in order.
  private final ArrayDeque<Object> postponed = new ArrayDeque<>();

  /// Whose requests are being run.
  private @Nullable ClientConnection running;

  /// What is to be done before this round's replies are handed over.
  private final ArrayDeque<Runnable> lastOfRound = new ArrayDeque<>();

  private ReplyGroup group = new ReplyGroup();
  private ReadView view;
  private long nextTickMillis;

  /// How long the thread may sleep when it has found nothing to do.
  private long sleepMillis;

  /// The thread has ended.
  private boolean ended;

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
    this.visits = new DiskVisits(readers, failures, this::post);
    this.ticker = ticker;
    this.tickMillis = tickMillis;
    this.time = time;
    this.view = engine.acquireView();
    keyspace.addChangeListener(waiting);
    this.thread = new Thread(null, this::run, "varve-loop", Scripts.STACK_BYTES);
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

  /// Runs a submission on the calling thread if nothing else runs, nothing older waits to be run, and it is
  /// quick; false if it has to be submitted. [#endRunHere] has to follow soon, after as many of these
  /// as there are. The only event loop, for who else reads sockets would wait.
  public boolean runHere(Submission submission) {
    boolean mine = role.isMine();
    if (!queue.isEmpty()
        || !dispatcher.areQuick(
            submission.connection().session(), submission.requests(), submission.next())
        || !(mine || role.tryTake())) {
      return false;
    }
    if (ended || fault != null || !postponed.isEmpty()) {
      if (!mine) {
        role.release();
      }
      return false;
    }
    try {
      accept(submission);
      waiting.serve();
    } catch (Throwable bug) {
      failed(bug);
    }
    return true;
  }

  /// Ends the round that [#runHere] began: hands the log its group, lets go of replies that are durable.
  public void endRunHere() {
    try {
      if (!ended && fault == null) {
        endRound();
        if (!released.isEmpty()) {
          // What those who have waited sent meanwhile may be anything.
          post(() -> {});
        }
      }
    } catch (Throwable bug) {
      failed(bug);
    } finally {
      role.release();
    }
    if (!queue.isEmpty()) {
      wake();
    }
  }

  /// Runs a task on the loop, in the order of the queue. Any thread.
  public void post(Runnable task) {
    queue.offer(task);
    wake();
  }

  /// Runs a task when all that came for this round has been run, before any reply of the round leaves. On
  /// the loop only.
  public void runLastOfRound(Runnable task) {
    assert isLoopThread() : "another thread has no round";
    lastOfRound.add(task);
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
      current.connection().session().killAtOutputLimit();
    } else {
      replies.writeBytes(encoded);
    }
  }

  /// Lets go of what a client waits for: it is gone. On the loop only.
  public void clientLeft(Session session) {
    waiting.drop(session);
  }

  /// Ends the wait of a client, if it waits: CLIENT UNBLOCK. On the loop only.
  ///
  /// @param withError whether it is answered with an error and not as if its time were up
  public void unblock(Session session, boolean withError) {
    waiting.unblock(session, withError);
  }

  /// Runs the waiting request of a client again, if there is one: it waits for something else than a key,
  /// and that has come. Any thread.
  public void retry(Session session) {
    post(() -> waiting.retry(session));
  }

  /// How many wait in blocking commands. Any thread.
  public WaitingCounts waitingCounts() {
    return waiting.counts();
  }

  /// How many are held back by a pause, or because the engine has no room for writes. Any thread.
  public int heldClients() {
    return heldClients;
  }

  public LoopCounters counters() {
    return counters;
  }

  /// The fault that ended the loop, or null while it is well.
  public @Nullable Throwable fault() {
    return fault;
  }

  /// Whether the calling thread is the one that runs commands now.
  public boolean isLoopThread() {
    return role.isMine();
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
      while (runRoundInRole()) {
        if (sleepMillis > 0) {
          sleepUntilWorkOrTick();
        }
      }
    } catch (Throwable bug) {
      failed(bug);
    }
  }

  /// Runs a round; false if it was the last.
  private boolean runRoundInRole() {
    role.take();
    try {
      if (!ended && fault == null && !(stopping && isIdle())) {
        int taken = runRound();
        long until = Math.min(nextTickMillis, waiting.nextDeadlineMillis()) - time.millis();
        sleepMillis = taken > 0 ? 0 : Math.max(1, Math.min(tickMillis, until));
        return true;
      }
      end();
      return false;
    } catch (Throwable bug) {
      end();
      throw bug;
    } finally {
      role.release();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      view.close();
    }
  }

  /// A state that nobody understands must not be built upon: the roof ends the process.
  private void failed(Throwable bug) {
    fault = bug;
    LOG.error("the command loop stopped on a fault of the server", bug);
    faultListener.run();
  }

  private boolean isIdle() {
    return isQuiet() && waiting.isEmpty() && gate.isEmpty();
  }

  /// Whether nothing is left to be run but what waits for others.
  private boolean isQuiet() {
    return queue.isEmpty()
        && postponed.isEmpty()
        && visits.count() == 0
        && setAside.isEmpty()
        && released.isEmpty();
  }

  private int runRound() {
    int taken = 0;
    while (taken < ENTRIES_PER_ROUND) {
      Object entry = postponed.isEmpty() ? queue.poll() : postponed.poll();
      if (entry == null) {
        break;
      }
      taken++;
      if (entry instanceof Submission submission) {
        accept(submission);
      } else {
        ((Runnable) entry).run();
      }
      serveWaiting();
    }
    retrySetAside();
    long now = time.millis();
    waiting.expire(now);
    if (now >= nextTickMillis) {
      nextTickMillis = now + tickMillis;
      ticker.tick(now);
    }
    if (stopping && isQuiet()) {
      waiting.dropAll();
    }
    serveWaiting();
    endRound();
    return taken;
  }

  private void serveWaiting() {
    while (true) {
      waiting.serve();
      Submission submission = released.poll();
      if (submission == null) {
        return;
      }
      resume(submission);
    }
  }

  private void endRound() {
    if (servedBusy) {
      servedBusy = false;
      dispatcher.scriptBusy(false);
    }
    commitRound();
    view = engine.refresh(view);
  }

  private void commitRound() {
    for (Runnable task = lastOfRound.poll(); task != null; task = lastOfRound.poll()) {
      task.run();
    }
    keyspace.writeDirtyCounts();
    engine.commit();
    if (!group.isEmpty()) {
      if (group.submissionCount() > 0) {
        counters.countRound(group.submissionCount());
      }
      gate.add(group, durableSequence);
      group = new ReplyGroup();
    }
  }

  /// Answers what has come while a script keeps this thread busy: with an error, but for the commands
  /// that help then. Called from within the script's run; what it reads through stays as it is.
  ///
  /// @param in another than the script's, without a keyspace
  public void serveWhileBusy(Invocation in) {
    if (!servedBusy) {
      servedBusy = true;
      dispatcher.scriptBusy(true);
    }
    in.nowMillis(time.millis());
    for (int i = 0; i < ENTRIES_PER_ROUND; i++) {
      Object entry = queue.poll();
      if (entry == null) {
        break;
      }
      if (entry instanceof Submission submission && !hasToWait(submission.connection())) {
        answerBusy(submission, in);
      } else {
        postponed.add(entry);
      }
    }
    commitRound();
  }

  /// Whether something older of a connection is not answered yet.
  private boolean hasToWait(ClientConnection connection) {
    if (connection.equals(running) || connection.isParked()) {
      return true;
    }
    for (Object entry : postponed) {
      if (entry instanceof Submission older && older.connection().equals(connection)) {
        return true;
      }
    }
    return false;
  }

  private void answerBusy(Submission submission, Invocation in) {
    ClientConnection connection = submission.connection();
    Session session = connection.session();
    session.target(submission.replies());
    connection.current(submission);
    while (submission.hasNext()) {
      if (connection.isGone() || session.isCloseAfterReply()) {
        submission.skipRest();
        break;
      }
      dispatcher.dispatchWhileBusy(session, submission.requests(), submission.next(), in);
      submission.advance();
    }
    finish(submission);
  }

  private void sleepUntilWorkOrTick() {
    asleep = true;
    if (queue.isEmpty()) {
      LockSupport.parkNanos(this, (stopping ? 1 : sleepMillis) * 1_000_000);
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
    running = connection;
    runner.beginSeries();
    boolean isPipeline = submission.requests().count() - submission.next() > 1;
    int touched = isPipeline ? submission.next() : -1;
    while (submission.hasNext()) {
      if (connection.isGone() || session.isCloseAfterReply()) {
        submission.skipRest();
        break;
      }
      int request = submission.next();
      if (request == touched) {
        touched = runner.touchAhead(session, submission.requests(), request, view);
      }
      if (engine.isBacklogged()
          && !stopping
          && dispatcher.writes(session, submission.requests(), request)) {
        counters.countWaitForRoom();
        setAside(submission);
        return;
      }
      Outcome outcome;
      try {
        outcome = runNext(submission);
      } catch (NotInMemoryException signal) {
        parkForDisk(submission, request);
        return;
      }
      if (stopping && (outcome == Outcome.PAUSED || outcome == Outcome.WAITING)) {
        // Is never answered: whoever waits for the pause to end, or for a key, would wait here.
        submission.skipRest();
        break;
      }
      if (outcome == Outcome.PAUSED) {
        setAside(submission);
        return;
      }
      if (outcome == Outcome.WAITING) {
        await(submission);
        return;
      }
      submission.advance();
      waiting.serve();
    }
    finish(submission);
  }

  /// Runs the next request of a submission; it leaves no trace if it throws.
  private Outcome runNext(Submission submission) {
    Session session = submission.connection().session();
    view = engine.refresh(view);
    long sequence = engine.readableSequence();
    long before = engine.lastSequence();
    long bytesBefore = engine.bytesWritten();
    submission.saw(sequence);
    try {
      runner.resuming(submission.firstWait());
      Outcome outcome =
          runner.run(
              session,
              submission.requests(),
              submission.next(),
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
      return outcome;
    } catch (EngineException damage) {
      failures.diskFailed(session, damage);
      return Outcome.FAILED;
    }
  }

  /// Parks a submission whose next request waits for others. What it has answered so far leaves now.
  private void await(Submission submission) {
    ClientConnection connection = submission.connection();
    KeyWait wait = submission.firstWait(runner.takeWait());
    byte[] earlier = submission.takeReplies();
    if (earlier.length > 0) {
      connection.chargePush(earlier.length);
      group.add(new Push(connection, earlier, submission.seen()));
    }
    submission.shrink();
    connection.park(submission);
    connection.current(null);
    waiting.add(submission, wait);
  }

  /// For a write while the engine has no room, or a client that is paused: tried again each round.
  private void setAside(Submission submission) {
    submission.connection().park(submission);
    setAside.add(submission);
    heldClients = setAside.size();
  }

  private void retrySetAside() {
    for (int left = setAside.size(); left > 0; left--) {
      Submission submission = setAside.poll();
      if (submission != null) {
        resume(submission);
      }
    }
    heldClients = setAside.size();
  }

  private void parkForDisk(Submission submission, int request) {
    ClientConnection connection = submission.connection();
    boolean readOnly = dispatcher.onlyReads(connection.session(), submission.requests(), request);
    connection.park(submission);
    connection.withReader(true);
    sendToReader(
        submission,
        readOnly,
        answered -> {
          if (answered) {
            submission.advance();
          }
          unparkAndResume(submission);
        });
  }

  private void sendToReader(Submission submission, boolean readOnly, Consumer<Boolean> then) {
    counters.countParked();
    long sequence = engine.readableSequence();
    submission.saw(sequence);
    visits.send(submission, view.retain(), sequence, readOnly, then);
  }

  private void unparkAndResume(Submission submission) {
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
      FailureReplies.error(session, broken.reply());
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

  /// What those who wait need of the loop.
  private final class Retries implements WaitingClients.Loop {

    @Override
    public Outcome runAgain(Submission submission) {
      ClientConnection connection = submission.connection();
      connection.session().target(submission.replies());
      connection.current(submission);
      runner.beginSeries();
      Outcome outcome = Outcome.WAITING;
      try {
        outcome = runNext(submission);
        return outcome;
      } finally {
        if (outcome == Outcome.WAITING) {
          KeyWait _ = runner.takeWait();
          connection.current(null);
        }
      }
    }

    @Override
    public @Nullable ValueType typeOf(int database, Slice key) {
      view = engine.refresh(view);
      return runner.typeOf(database, key, view, engine.readableSequence());
    }

    @Override
    public void fetch(Submission submission, Runnable then) {
      sendToReader(
          submission,
          false,
          answered -> {
            if (answered) {
              // The disk failed it, and that is its answer: there is nothing left to try.
              waiting.answeredElsewhere(submission.connection().session());
              answered(submission);
            } else {
              then.run();
            }
          });
    }

    @Override
    public void endWait(Submission submission, KeyWait wait, @Nullable String error) {
      ClientConnection connection = submission.connection();
      connection.session().target(submission.replies());
      connection.current(submission);
      submission.saw(engine.readableSequence());
      runner.endWait(connection.session(), submission.requests(), submission.next(), wait, error);
      answered(submission);
    }

    @Override
    public void answered(Submission submission) {
      submission.advance();
      letGo(submission);
    }

    @Override
    public void letGo(Submission submission) {
      released.add(submission);
    }
  }
}
