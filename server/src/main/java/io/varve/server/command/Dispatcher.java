package io.varve.server.command;

import io.varve.engine.error.NotInMemoryException;
import io.varve.protocol.ReplyWriter;
import io.varve.protocol.RequestBatch;
import io.varve.server.command.KeySearch.KeyPositions;
import io.varve.server.keyspace.RefusedException;
import io.varve.server.pubsub.PushMessage;
import io.varve.server.pubsub.TrackingClient;
import io.varve.server.session.ReplyMode;
import io.varve.server.session.Session;
import io.varve.server.session.Transaction;
import org.jspecify.annotations.Nullable;

/// Takes a request to its reply: finds the command, checks what Redis checks and in its order,
/// queues inside MULTI, runs, counts.
///
/// Holds nothing of a request and so is shared by the command loop, event loops and reader threads;
/// each brings its own [Invocation]. The path of a command that succeeds allocates nothing.
///
/// Longer than other files: every check, in Redis' order, is in one place.
public final class Dispatcher {

  private static final long READONLY = CommandTable.bit(CommandFlag.READONLY);
  private static final long DENYOOM = CommandTable.bit(CommandFlag.DENYOOM);
  private static final long WRITE = CommandTable.bit(CommandFlag.WRITE);
  private static final long MAY_REPLICATE = CommandTable.bit(CommandFlag.MAY_REPLICATE);
  private static final long BLOCKING = CommandTable.bit(CommandFlag.BLOCKING);
  private static final long ALLOW_BUSY = CommandTable.bit(CommandFlag.ALLOW_BUSY);
  private static final long NO_AUTH = CommandTable.bit(CommandFlag.NO_AUTH);
  private static final long NO_MULTI = CommandTable.bit(CommandFlag.NO_MULTI);
  private static final long FAST = CommandTable.bit(CommandFlag.FAST);
  private static final long SKIP_SLOWLOG = CommandTable.bit(CommandFlag.SKIP_SLOWLOG);
  private static final long SKIP_MONITOR = CommandTable.bit(CommandFlag.SKIP_MONITOR);
  private static final long ADMIN = CommandTable.bit(CommandFlag.ADMIN);
  private static final long PUBSUB = CommandTable.bit(CommandFlag.PUBSUB);

  private final ServerAccess server;
  private final CommandTable table;
  private final ClientPause pause;
  private final LoopBinding binding;
  private final SlowLog slowLog;
  private final LatencyMonitor latency;
  private final TimeSource time;

  public Dispatcher(ServerAccess server) {
    this.server = server;
    this.table = server.commands();
    this.pause = server.pause();
    this.binding = server.loopBinding();
    this.slowLog = server.slowLog();
    this.latency = server.latency();
    this.time = server.time();
  }

  /// A script keeps the command loop for longer than it may, or does not any more. On the loop.
  public void scriptBusy(boolean busy) {
    binding.forBusyScript(busy);
  }

  /// Whether a request only reads, or touches nothing, so that any thread with a read view may
  /// dispatch it, given that nothing older of its session is pending.
  public boolean readableAnywhere(Session session, RequestBatch batch, int request) {
    if (session.inMulti()
        || !session.isAuthenticated()
        || session.isBoundToLoop()
        || binding.isOn()
        || pause.endMillis() != 0) {
      return false;
    }
    long bits = bits(batch, request);
    return (bits & (READONLY | CommandTable.ANSWERS_ANYWHERE)) != 0
        && (bits & (BLOCKING | CommandTable.RUNS_SCRIPTS)) == 0
        && ((bits & CommandTable.ANSWERS_ANYWHERE) == 0 || !binding.isScriptBusy());
  }

  /// Whether a request leaves the keyspace as it is, so that a run of it on another thread counts. The
  /// reads of a script are remembered one by one where they run, for who wants to hear of changes.
  public boolean onlyReads(Session session, RequestBatch batch, int request) {
    long bits = bits(batch, request);
    return !session.inMulti()
        && (bits & BLOCKING) == 0
        && !(session.tracksReads() && (bits & CommandTable.RUNS_SCRIPTS) != 0)
        && ((bits & CommandTable.WAITS) != 0 || ((bits & READONLY) != 0 && !binding.isOn()));
  }

  /// Whether a request would write now: a command that writes, or an EXEC of one.
  public boolean writes(Session session, RequestBatch batch, int request) {
    if (!session.inMulti()) {
      return (bits(batch, request) & (WRITE | CommandTable.MAY_WRITE)) != 0;
    }
    return (bits(batch, request) & CommandTable.RUNS_IN_MULTI) != 0
        && queuesWrites(session.transaction());
  }

  /// The bits of the command or sub-command that a request names, 0 if it names none.
  private long bits(RequestBatch batch, int request) {
    int number = table.find(batch, request);
    if (number == CommandTable.UNKNOWN) {
      return 0;
    }
    long bits = table.bits(number);
    boolean unknownSubcommand =
        (bits & CommandTable.IS_CONTAINER) != 0 && batch.argCount(request) > 1;
    return unknownSubcommand ? 0 : bits;
  }

  /// Whether all requests of a batch, from one on, are surely quick and wait for nothing, so that it does
  /// not matter which thread they keep busy.
  public boolean areQuick(Session session, RequestBatch batch, int from) {
    for (int request = from; request < batch.count(); request++) {
      if ((bits(batch, request) & CommandTable.QUICK) == 0) {
        return false;
      }
    }
    return !session.inMulti();
  }

  /// Where the keys of a request stand, if it names a command.
  public KeySpec keySpec(RequestBatch batch, int request) {
    int number = table.find(batch, request);
    return number == CommandTable.UNKNOWN ? KeySpec.NONE : table.get(number).keySpec();
  }

  /// Executes a request; its reply is in `session.reply()` afterwards.
  ///
  /// What a handler throws and is not an answer to the client goes through to the caller, after the
  /// reply and the writes of this request have been undone.
  ///
  /// @param in the executing thread's own, with the execution on its keyspace begun
  /// @throws NotInMemoryException if a block is missing: nothing has happened, and the request is to
  ///     be dispatched again
  public Outcome dispatch(Session session, RequestBatch batch, int request, Invocation in) {
    Arguments args = in.args().set(batch, request);
    int number = table.find(args);
    if (number == CommandTable.UNKNOWN) {
      in.turnTo(session, number, null);
      return reject(in, Errors.unknownCommand(args));
    }
    Command command = table.get(number);
    long bits = table.bits(number);
    in.turnTo(session, number, command);
    CommandException refusal = check(session, args, number, bits);
    if (refusal != null) {
      return reject(in, refusal);
    }
    if (pause.isPaused(in.nowMillis()) && isHeld(session, bits, command)) {
      in.pauseTiming();
      in.leave();
      return Outcome.PAUSED;
    }
    if (session.inMulti() && (bits & CommandTable.RUNS_IN_MULTI) == 0) {
      return queue(in);
    }
    if (session.tracksReads()) {
      rememberReads(in, bits);
    }
    if ((bits & CommandTable.SHOWN_FIRST) != 0 && binding.isMonitored()) {
      show(in, bits, MonitorLine.ofClient(in));
    }
    return run(in, bits);
  }

  /// Answers a request while a script keeps the command loop: commands that help against that run, if
  /// they need no keyspace, all others are refused.
  ///
  /// @param in another than the script's, without a keyspace
  public void dispatchWhileBusy(Session session, RequestBatch batch, int request, Invocation in) {
    long bits = bits(batch, request);
    if ((bits & ALLOW_BUSY) != 0 && (bits & CommandTable.HAS_EFFECTS) == 0) {
      dispatch(session, batch, request, in);
      in.runEffects();
      return;
    }
    Arguments args = in.args().set(batch, request);
    int number = table.find(args);
    in.turnTo(session, number, number == CommandTable.UNKNOWN ? null : table.get(number));
    CommandException refusal =
        number == CommandTable.UNKNOWN
            ? Errors.unknownCommand(args)
            : check(session, args, number, bits);
    reject(
        in,
        refusal != null
            ? refusal
            : new CommandException(
                "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN"
                    + " NOSAVE."));
  }

  /// Runs a request only to find out which blocks it needs; nothing of it stays.
  ///
  /// The session must be at rest. Commands that neither read nor write the keyspace are not run.
  ///
  /// @throws NotInMemoryException if the context of the execution forbids the disk
  public void rehearse(Session session, RequestBatch batch, int request, Invocation in) {
    Arguments args = in.args().set(batch, request);
    int number = table.find(args);
    if (number == CommandTable.UNKNOWN) {
      in.leave();
      return;
    }
    in.turnTo(session, number, table.get(number));
    in.rehearsal(true);
    int replyMark = session.reply().mark();
    int database = session.database();
    try {
      in.command().handler().execute(in);
    } catch (RefusedException _) {
      // The real run will answer it.
    } finally {
      session.select(database);
      session.reply().rewind(replyMark);
      in.dropEffects(0);
      in.dropWait();
      in.rehearsal(false);
      in.leave();
    }
  }

  /// Runs a queued command as a part of the one that is being executed (EXEC): its error becomes its
  /// reply and undoes its own writes only.
  ///
  /// @param command its number in the table
  public static void runQueued(Invocation in, RequestBatch request, int command) {
    CommandTable table = in.server().commands();
    long bits = table.bits(command);
    if (in.isRehearsal() && (bits & (READONLY | CommandTable.HAS_EFFECTS)) == 0) {
      runUnlessLasting(in, request, table.get(command));
      return;
    }
    runNested(in, request, command);
  }

  private static void addToSlowLog(Invocation in, long bits, long durationNanos) {
    if ((bits & SKIP_SLOWLOG) == 0) {
      long seconds = in.server().time().micros() / 1_000_000;
      in.server()
          .slowLog()
          .add(seconds, durationNanos / 1000, in.command(), in.args(), in.session());
    }
  }

  /// Runs a command for a script, whose checks it has passed; its error becomes its reply and undoes
  /// its own writes only.
  ///
  /// @param command its number in the table
  public static void runForScript(Invocation in, RequestBatch request, int command) {
    if (in.isRehearsal() && in.server().commands().get(command).is(CommandFlag.ADMIN)) {
      in.reply().nullBulk();
      return;
    }
    boolean wasScripted = in.isScripted();
    in.scripted(true);
    try {
      runNested(in, request, command);
    } finally {
      in.scripted(wasScripted);
    }
  }

  private static void runNested(Invocation in, RequestBatch request, int command) {
    CommandTable table = in.server().commands();
    long bits = table.bits(command);
    boolean wasNested = in.isNested();
    Session session = in.session();
    int outer = in.commandNumber();
    RequestBatch outerBatch = in.args().batch();
    int outerRequest = in.args().request();
    in.args().set(request, 0);
    in.turnTo(session, command, table.get(command));
    in.nested(true);
    String refusal = PermissionCheck.findNestedRefusal(in, command, outer);
    if (refusal == null && session.tracksReads()) {
      rememberReads(in, bits);
    }
    long start = in.server().time().nanos();
    try {
      String error = refusal == null ? execute(in, bits) : refusal;
      if (refusal != null) {
        in.reply().error(refusal);
      }
      if (in.server().loopBinding().isMonitored()) {
        boolean scripted = table.get(outer).categories().contains(AclCategory.SCRIPTING);
        show(in, bits, scripted ? MonitorLine.ofScript(in) : MonitorLine.ofClient(in));
      }
      if (!in.isRehearsal()) {
        long duration = in.server().time().nanos() - start;
        in.counters().count(command, duration);
        if (!in.isScripted() && in.server().slowLog().isSlow(duration)) {
          addToSlowLog(in, bits, duration);
        }
        if (error != null) {
          in.counters().countFailed(command);
          in.counters().countError(error);
        }
      }
    } finally {
      in.nested(wasNested);
      in.turnTo(session, outer, table.get(outer));
      in.args().set(outerBatch, outerRequest);
    }
  }

  /// In a rehearsal commands with lasting effects are left out, except the one that decides which
  /// keys those after it mean; the dispatcher takes its effect back.
  private static void runUnlessLasting(Invocation in, RequestBatch request, Command command) {
    in.reply().nullBulk();
    if (command.name().equals("select") && command.container().isEmpty()) {
      Arguments args = in.args().set(request, 0);
      if (args.isLong(1) && args.longAt(1) >= 0 && args.longAt(1) < in.server().databases()) {
        in.session().select((int) args.longAt(1));
      }
    }
  }

  private @Nullable CommandException check(Session session, Arguments args, int number, long bits) {
    if (!table.acceptsCount(number, args.count())) {
      return Errors.wrongArity(table.get(number).fullName());
    }
    if ((bits & CommandTable.IS_CONTAINER) != 0 && args.count() > 1) {
      return Errors.unknownSubcommand(args);
    }
    if (!session.isAuthenticated() && (bits & NO_AUTH) == 0) {
      return new CommandException("NOAUTH Authentication required.");
    }
    if ((bits & NO_MULTI) != 0 && session.inMulti()) {
      return new CommandException("ERR Command not allowed inside a transaction");
    }
    CommandException denial = PermissionCheck.findRefusal(server, session, number, args);
    if (denial != null) {
      return denial;
    }
    CommandException refusal = (bits & WRITE) != 0 ? checkDisk(bits) : null;
    if (refusal == null
        && session.isSubscribed()
        && session.reply().version() == 2
        && (bits & CommandTable.MAY_BE_SUBSCRIBED) == 0) {
      return new CommandException(
          "ERR Can't execute '"
              + table.get(number).fullName()
              + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this"
              + " context");
    }
    if (refusal == null
        && session.isMonitor()
        && (bits & (READONLY | WRITE | MAY_REPLICATE)) != 0) {
      return new CommandException("ERR Replica can't interact with the keyspace");
    }
    return refusal;
  }

  private @Nullable CommandException checkDisk(long bits) {
    String failure = server.findWriteFailure();
    if (failure != null) {
      return new CommandException("MISCONF Writes are refused, the disk failed one: " + failure);
    }
    String shortage = (bits & DENYOOM) != 0 ? server.findRoomShortage() : null;
    return shortage == null
        ? null
        : new CommandException("MISCONF Commands that add data are refused: " + shortage);
  }

  private boolean isHeld(Session session, long bits, Command command) {
    if (!pause.isWritesOnly()) {
      return true;
    }
    if ((bits & (WRITE | MAY_REPLICATE | CommandTable.MAY_WRITE)) != 0) {
      return true;
    }
    if (command.name().equals("exec") && command.container().isEmpty()) {
      return queuesWrites(session.transaction());
    }
    return false;
  }

  private boolean queuesWrites(Transaction transaction) {
    for (int i = 0; i < transaction.count(); i++) {
      if ((table.bits(transaction.command(i)) & (WRITE | MAY_REPLICATE | CommandTable.MAY_WRITE))
          != 0) {
        return true;
      }
    }
    return false;
  }

  private Outcome queue(Invocation in) {
    Session session = in.session();
    Transaction transaction = session.transaction();
    ReplyWriter reply = session.reply();
    int replyMark = reply.mark();
    RequestBatch request = in.args().batch().copyOf(in.args().request());
    if (!transaction.isRefused()
        && !transaction.isWatchedKeyTouched()
        && !transaction.add(request, in.commandNumber())) {
      return reject(
          in, new CommandException("ERR the transaction is larger than the server allows"));
    }
    reply.queued();
    return finish(in, replyMark, Outcome.QUEUED);
  }

  private Outcome run(Invocation in, long bits) {
    Session session = in.session();
    int replyMark = session.reply().mark();
    int database = session.database();
    long start = in.startNanos(time);
    String error;
    try {
      error = execute(in, bits);
    } catch (RuntimeException e) {
      session.select(database);
      in.dropEffects(0);
      in.pauseTiming();
      in.leave();
      throw e;
    }
    if (binding.isMonitored() && (bits & CommandTable.SHOWN_FIRST) == 0 && !in.isResumed()) {
      show(in, bits, MonitorLine.ofClient(in));
    }
    int number = in.commandNumber();
    if (in.isWaiting()) {
      session.waitsIn(number, in.nowMillis());
      in.pauseTiming();
      in.leave();
      return Outcome.WAITING;
    }
    long end = time.nanos();
    long duration = end - start;
    in.ended(end);
    CommandCounters counters = in.counters();
    counters.count(number, duration);
    if (slowLog.isSlow(duration) || latency.isSlow(duration)) {
      recordSlow(in, bits, duration);
    }
    if (error == null) {
      return finish(in, replyMark, Outcome.DONE);
    }
    counters.countFailed(number);
    counters.countError(error);
    return finish(in, replyMark, Outcome.FAILED);
  }

  /// Remembers the keys that a client will read, before it does: what changes them from here on comes
  /// later than the read. A reader thread that does the reading finds that done. A script is no read, but
  /// what it calls may be.
  private static void rememberReads(Invocation in, long bits) {
    TrackingClient tracking = in.session().findTracking();
    if (!in.isOnLoop()
        || tracking == null
        || !tracking.remembersReads()
        || (bits & READONLY) == 0
        || (bits & (PUBSUB | CommandTable.RUNS_SCRIPTS)) != 0) {
      return;
    }
    KeyPositions keys = in.keyPositions();
    in.command().keySpec().find(in.args(), 0, keys);
    for (int i = 0; i < keys.count(); i++) {
      in.server().tracking().remember(tracking, in.args().get(keys.get(i)));
    }
  }

  /// Shows a command that has run to those who watch; what administrators do is left out.
  private static void show(Invocation in, long bits, PushMessage line) {
    boolean shown = (bits & CommandTable.SHOWN_FIRST) != 0 || (bits & (ADMIN | SKIP_MONITOR)) == 0;
    if (in.isOnLoop() && shown) {
      in.afterwards(() -> in.server().monitors().show(line));
    }
  }

  /// Runs the handler. An error of the client is written as the reply, and returned; all else is
  /// thrown. In both cases what the command had done is undone.
  private static @Nullable String execute(Invocation in, long bits) {
    boolean effects = (bits & CommandTable.HAS_EFFECTS) != 0;
    int replyMark = in.reply().mark();
    int keyspaceMark = effects ? in.markKeyspace() : -1;
    int effectsMark = in.effects();
    String error;
    try {
      in.command().handler().execute(in);
      return null;
    } catch (RefusedException e) {
      error = e.reply();
    } catch (RuntimeException e) {
      undo(in, effects, replyMark, keyspaceMark, effectsMark);
      throw e;
    }
    undo(in, effects, replyMark, keyspaceMark, effectsMark);
    in.reply().error(error);
    return error;
  }

  private static void undo(
      Invocation in, boolean effects, int replyMark, int keyspaceMark, int effectsMark) {
    in.reply().rewind(replyMark);
    if (effects) {
      in.rollbackKeyspace(keyspaceMark);
    }
    in.dropWait();
    in.dropEffects(effectsMark);
  }

  /// Answers a request that has waited and waits no longer.
  ///
  /// @param error its answer; null if that is the one of a wait whose time is up
  public void endWait(
      Session session,
      RequestBatch batch,
      int request,
      Invocation in,
      KeyWait wait,
      @Nullable String error) {
    int number = table.find(in.args().set(batch, request));
    in.turnTo(session, number, table.get(number));
    int replyMark = session.reply().mark();
    in.counters().count(number, 0);
    if (error == null) {
      wait.timeoutReply().write(session.reply());
    } else {
      session.reply().error(error);
      in.counters().countFailed(number);
      in.counters().countError(error);
    }
    finish(in, replyMark, error == null ? Outcome.DONE : Outcome.FAILED);
  }

  private Outcome finish(Invocation in, int replyMark, Outcome outcome) {
    Session session = in.session();
    session.interacted(in.commandNumber(), in.nowMillis());
    if (session.tracksReads() && !session.inMulti()) {
      forgetCaching(in);
    }
    if (session.replyMode() != ReplyMode.ON) {
      boolean pushes =
          outcome == Outcome.DONE
              && (table.bits(in.commandNumber()) & CommandTable.ANSWERS_BY_PUSH) != 0;
      withhold(session, pushes ? session.reply().mark() : replyMark);
    }
    in.leave();
    return outcome;
  }

  /// What CLIENT CACHING said holds for the next command alone, but for others of CLIENT.
  private static void forgetCaching(Invocation in) {
    TrackingClient tracking = in.session().findTracking();
    boolean ofClient =
        in.commandNumber() != CommandTable.UNKNOWN && in.command().container().equals("client");
    if (tracking != null && !ofClient) {
      tracking.cachingGiven(false);
    }
  }

  /// What CLIENT REPLY asked for.
  private static void withhold(Session session, int replyMark) {
    switch (session.replyMode()) {
      case ON -> {}
      case OFF -> session.reply().rewind(replyMark);
      case SKIP -> {
        session.reply().rewind(replyMark);
        session.replyMode(ReplyMode.ON);
      }
      case SKIP_NEXT -> session.replyMode(ReplyMode.SKIP);
    }
  }

  private Outcome reject(Invocation in, CommandException refusal) {
    Session session = in.session();
    int replyMark = session.reply().mark();
    String error = refusal.reply();
    int number = in.commandNumber();
    if (number != CommandTable.UNKNOWN) {
      in.counters().countRejected(number);
    }
    if (number != CommandTable.UNKNOWN && isExec(table.get(number))) {
      error =
          "EXECABORT Transaction discarded because of: "
              + (error.startsWith("ERR ") ? error.substring(4) : error);
      if (session.inMulti()) {
        session.transaction().close();
      }
    } else if (session.inMulti()) {
      session.transaction().refuse();
    }
    session.reply().error(error);
    in.counters().countError(error);
    return finish(in, replyMark, Outcome.FAILED);
  }

  private void recordSlow(Invocation in, long bits, long durationNanos) {
    long seconds = time.micros() / 1_000_000;
    if (slowLog.isSlow(durationNanos)) {
      addToSlowLog(in, bits, durationNanos);
    }
    if (latency.isSlow(durationNanos)) {
      String event = (bits & FAST) != 0 ? "fast-command" : "command";
      latency.record(event, seconds, durationNanos / 1_000_000);
    }
  }

  private static boolean isExec(Command command) {
    return command.name().equals("exec") && command.container().isEmpty();
  }
}
