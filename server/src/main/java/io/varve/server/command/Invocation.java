package io.varve.server.command;

import io.varve.protocol.ReplyWriter;
import io.varve.protocol.RequestBatch;
import io.varve.server.command.KeySearch.KeyPositions;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.Keyspace;
import io.varve.server.keyspace.KeyspaceAccess;
import io.varve.server.session.Session;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// What a handler gets: who asks, with what arguments, where to read, where to answer.
///
/// One per thread that executes commands, reused from request to request. Before a request is
/// dispatched the thread has begun an execution on the [KeyspaceAccess] and told the time.
public final class Invocation {

  /// What no client knows of the choices to come.
  private static final long SEED = new SecureRandom().nextLong();

  private final ServerAccess server;
  private final CommandCounters counters;
  private final @Nullable KeyspaceAccess access;
  private final Arguments args = new Arguments();
  private final ArrayList<Effect> effects = new ArrayList<>();

  /// Something outside of the keyspace.
  ///
  /// @param run done when the request has run to its end
  /// @param undo done if the request fails or has to be repeated
  private record Effect(Runnable run, Runnable undo) {}

  private @Nullable SplittableRandom random;
  private @Nullable Session session;
  private @Nullable Command command;
  private int commandNumber = CommandTable.UNKNOWN;
  private long nowMillis;

  /// What [#nowMicros()] says within the request, 0 if it was not asked yet.
  private long nestedMicros;

  private final KeyPositions keyPositions = new KeyPositions();
  private boolean nested;
  private boolean scripted;
  private boolean rehearsal;
  private @Nullable KeyWait wait;
  private @Nullable Object remembered;
  private boolean resumed;

  /// The request that ended last and when: the next of the same batch began then, which saves
  /// asking the clock.
  private @Nullable RequestBatch lastBatch;

  private int lastRequest;
  private long lastEndNanos;

  /// @param access the thread's own way to the keyspace; null if it executes none that needs it
  public Invocation(ServerAccess server, @Nullable KeyspaceAccess access) {
    this.server = server;
    this.counters = server.statistics().newCounters();
    this.access = access;
  }

  /// Tells the time by which the next requests are judged: milliseconds since the epoch, the same
  /// that the execution on the keyspace was begun with.
  public void nowMillis(long millis) {
    nowMillis = millis;
    nestedMicros = 0;
  }

  public long nowMillis() {
    return nowMillis;
  }

  /// The clock in microseconds since the epoch. Within EXEC and scripts it stands still, in the millisecond
  /// of [#nowMillis()].
  public long nowMicros() {
    long clock = server.time().micros();
    if (!nested) {
      return clock;
    }
    if (nestedMicros == 0) {
      nestedMicros = nowMillis * 1000 + clock % 1000;
    }
    return nestedMicros;
  }

  public Arguments args() {
    return args;
  }

  public Session session() {
    Session now = session;
    if (now == null) {
      throw new IllegalStateException("outside of a request");
    }
    return now;
  }

  public ReplyWriter reply() {
    return session().reply();
  }

  /// The command that is being executed.
  public Command command() {
    Command now = command;
    if (now == null) {
      throw new IllegalStateException("outside of a request");
    }
    return now;
  }

  public ServerAccess server() {
    return server;
  }

  /// The database that the session has selected.
  public Database db() {
    return access().select(session().database());
  }

  public Keyspace keyspace() {
    return access().keyspace();
  }

  public KeyspaceAccess access() {
    KeyspaceAccess now = access;
    if (now == null) {
      throw new IllegalStateException("this thread has no keyspace");
    }
    return now;
  }

  /// Whether this is the command loop, which owns what clients share.
  public boolean isOnLoop() {
    return access != null && access.isWriter();
  }

  /// For the keys of one request; the next one overwrites it.
  KeyPositions keyPositions() {
    return keyPositions;
  }

  /// Whether EXEC or a script runs this command: it must not block.
  public boolean isNested() {
    return nested;
  }

  /// Whether a script runs this command.
  public boolean isScripted() {
    return scripted;
  }

  void scripted(boolean on) {
    scripted = on;
  }

  /// Whether this run only finds out what it needs from disk and is thrown away.
  public boolean isRehearsal() {
    return rehearsal;
  }

  /// A source of random choices that makes the same ones when the request has to be run again: so a
  /// repeated run needs the blocks that the first one fetched, and no others.
  public SplittableRandom random() {
    SplittableRandom now = random;
    if (now == null) {
      Session asking = session();
      now = new SplittableRandom(SEED + asking.id() * 0x9E3779B97F4A7C15L ^ asking.commandCount());
      random = now;
    }
    return now;
  }

  /// Has something done once the request has run to its end and its writes are in the store: what
  /// cannot be undone, like a message to others. Not done if the command fails or has to be repeated.
  /// The invocation has left the request by then: take from it before what is needed.
  public void afterwards(Runnable effect) {
    effects.add(new Effect(effect, Invocation::nothing));
  }

  /// Says how to take back what the handler has just done outside of the keyspace, for what comes
  /// after it in the same transaction has to see it. Done on the same thread, newest first, if the
  /// command fails or has to be repeated.
  public void onUndo(Runnable undo) {
    effects.add(new Effect(Invocation::nothing, undo));
  }

  /// Does what [#afterwards(Runnable)] has been told, in order. Called when the writes of the request
  /// are in the store.
  public void runEffects() {
    if (effects.isEmpty()) {
      return;
    }
    for (int i = 0; i < effects.size(); i++) {
      effects.get(i).run.run();
    }
    effects.clear();
  }

  /// Takes back what the request has done outside of the keyspace: it failed.
  public void dropEffects() {
    dropEffects(0);
  }

  /// Says that the command cannot be answered yet. The handler returns then without a reply, and what
  /// it has to wait for decides when it is run again, from the start. Not within EXEC or a script, where
  /// [#isNested()] says that nothing waits: a handler answers there as if its time were up.
  public void waitFor(KeyWait what) {
    if (nested) {
      throw new IllegalStateException("a command within another one waits");
    }
    wait = what;
  }

  /// Takes what the request has to wait for, null if it was answered.
  public @Nullable KeyWait takeWait() {
    KeyWait taken = wait;
    wait = null;
    return taken;
  }

  /// What [KeyWait#memory()] of the first run says, null in the first run.
  public @Nullable Object remembered() {
    return remembered;
  }

  /// Gives a request that is run again what its first run remembered.
  public void remember(@Nullable KeyWait first) {
    resumed = first != null;
    remembered = first == null ? null : first.memory();
  }

  /// What this thread counts.
  public CommandCounters counters() {
    return counters;
  }

  /// Time passes between the last request and the next that is not the next one's: the loop has
  /// waited, written or synced.
  public void pauseTiming() {
    lastBatch = null;
  }

  /// Ends a request that was thrown out of in the middle.
  public void abandon() {
    dropEffects(0);
    nested = false;
    rehearsal = false;
    pauseTiming();
    leave();
  }

  /// When the request before one ended, as [TimeSource#nanos()] said then; 0 if it was not the last that
  /// this thread has run.
  public long endNanosOfPrevious(RequestBatch batch, int request) {
    return batch == lastBatch && request == lastRequest + 1 ? lastEndNanos : 0;
  }

  // The dispatcher's side.

  long startNanos(TimeSource time) {
    long previous = endNanosOfPrevious(args.batch(), args.request());
    return previous == 0 ? time.nanos() : previous;
  }

  void ended(long nanos) {
    lastBatch = args.batch();
    lastRequest = args.request();
    lastEndNanos = nanos;
  }

  void turnTo(Session newSession, int number, @Nullable Command newCommand) {
    session = newSession;
    commandNumber = number;
    command = newCommand;
  }

  /// Counts an error that the handler has written as its reply, and does not throw because its effects
  /// are to stay.
  public void countWrittenError(String error) {
    if (!rehearsal) {
      counters().countFailed(commandNumber);
      counters().countError(error);
    }
  }

  int commandNumber() {
    return commandNumber;
  }

  void nested(boolean on) {
    nested = on;
  }

  void rehearsal(boolean on) {
    rehearsal = on;
  }

  int markKeyspace() {
    return access == null ? -1 : access.mark();
  }

  void rollbackKeyspace(int mark) {
    if (access != null) {
      access.rollbackTo(mark);
    }
  }

  private static void nothing() {}

  int effects() {
    return effects.size();
  }

  void dropEffects(int from) {
    while (effects.size() > from) {
      effects.removeLast().undo.run();
    }
  }

  /// Whether the request has waited, and this is not its first run.
  boolean isResumed() {
    return resumed;
  }

  boolean isWaiting() {
    return wait != null;
  }

  void dropWait() {
    wait = null;
  }

  void leave() {
    remembered = null;
    resumed = false;
    random = null;
    session = null;
    command = null;
    args.clear();
  }
}
