package io.varve.server.loop;

import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.iterator.ReadContext;
import io.varve.protocol.ReplyTooLongException;
import io.varve.protocol.RequestBatch;
import io.varve.server.command.Dispatcher;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySpec;
import io.varve.server.command.KeyWait;
import io.varve.server.command.Outcome;
import io.varve.server.command.TimeSource;
import io.varve.server.keyspace.KeyspaceAccess;
import io.varve.server.keyspace.ValueType;
import io.varve.server.pubsub.Tracking;
import io.varve.server.session.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one request on the thread that owns this runner: the command loop, an event loop or a reader.
///
/// A run either completes (its reply is written, its writes are in the engine) or leaves no trace:
/// when a block that it needs is not in memory, reply and writes are undone and
/// `NotInMemoryException` says so.
public final class CommandRunner {

  /// What a run may do.
  enum Mode {
    /// Everything; the command loop only.
    WRITE,
    /// Read and reply.
    READ,
    /// Do as if, so that the blocks it needs come into memory; reply and writes are thrown away.
    REHEARSE
  }

  /// Requests whose keys are looked at ahead.
  private static final int TOUCHED_AHEAD = 32;

  /// The wall clock is read anew when commands of a batch have taken so long.
  private static final long CLOCK_NANOS_MAX = 500_000;

  private static final Logger LOG = LoggerFactory.getLogger(CommandRunner.class);

  private final Engine engine;
  private final Dispatcher dispatcher;
  private final KeyspaceAccess keyspace;
  private final Invocation invocation;
  private final TimeSource time;
  private ReadContext context = new ReadContext();
  private long clockMillis;

  /// When the command before ended as the clock was read; 0 if there was none.
  private long clockNanos;

  public CommandRunner(
      Engine engine,
      Dispatcher dispatcher,
      KeyspaceAccess keyspace,
      Invocation invocation,
      TimeSource time) {
    this.engine = engine;
    this.dispatcher = dispatcher;
    this.keyspace = keyspace;
    this.invocation = invocation;
    this.time = time;
  }

  /// Whether a request may be answered without the command loop, from a view.
  boolean isReadableAnywhere(Session session, RequestBatch requests, int request) {
    return dispatcher.readableAnywhere(session, requests, request);
  }

  /// Has the reading of memory begun that the next requests of a pipeline will need, for keys at fixed
  /// places: so that they do not wait for it one after the other.
  ///
  /// @param from index of the first request
  /// @return index behind the last one; call again when it is reached
  int touchAhead(Session session, RequestBatch requests, int from, ReadView view) {
    int end = Math.min(requests.count(), from + TOUCHED_AHEAD);
    for (int request = from; request < end; request++) {
      KeySpec keys = dispatcher.keySpec(requests, request);
      if (keys.first() == 0) {
        continue;
      }
      int count = requests.argCount(request);
      int last = keys.last() >= 0 ? Math.min(keys.last(), count - 1) : count + keys.last();
      for (int i = keys.first(); i <= last; i += keys.step()) {
        keyspace.expect(
            session.database(),
            requests.segment(),
            requests.argOffset(request, i),
            requests.argLength(request, i));
      }
    }
    keyspace.touchExpected(view);
    return end;
  }

  /// Begins with the requests of another connection, or with these after a pause: time has passed that
  /// is none of theirs.
  void beginSeries() {
    invocation.pauseTiming();
  }

  /// Says that the next request to be run has waited before.
  ///
  /// @param firstWait what its first run waited for; null if this is the first
  void resuming(@Nullable KeyWait firstWait) {
    invocation.remember(firstWait);
  }

  /// Takes what the last request has to wait for, null if it was answered.
  @Nullable KeyWait takeWait() {
    return invocation.takeWait();
  }

  /// Answers a request that waits no longer; see [Dispatcher#endWait].
  void endWait(
      Session session, RequestBatch requests, int request, KeyWait wait, @Nullable String error) {
    invocation.nowMillis(time.millis());
    try {
      dispatcher.endWait(session, requests, request, invocation, wait, error);
    } catch (ReplyTooLongException full) {
      invocation.abandon();
      session.killAtOutputLimit();
    }
  }

  /// The type of what a key holds, null if it holds nothing.
  ///
  /// @throws NotInMemoryException if it takes the disk to know
  @Nullable ValueType typeOf(int database, Slice key, ReadView view, long sequence) {
    context.setMemoryOnly(true);
    keyspace.begin(view, sequence, context, false, time.millis());
    try {
      return keyspace.select(database).peekType(key);
    } finally {
      keyspace.abort();
      context.reset();
    }
  }

  /// Runs one request. The session's reply writer has a target.
  ///
  /// @param sequence newest sequence number that the run sees
  /// @param memoryOnly whether it must not go to disk
  /// @param fetched blocks that an earlier try fetched, taken over; or null
  /// @return what became of it; a rehearsal is always done
  /// @throws NotInMemoryException if it needs a block and may not read it; nothing has happened then
  /// @throws EngineException if the disk failed it; nothing has happened then
  Outcome run(
      Session session,
      RequestBatch requests,
      int request,
      ReadView view,
      long sequence,
      Mode mode,
      boolean memoryOnly,
      @Nullable ReadContext fetched) {
    ReadContext reads = context;
    reads.setMemoryOnly(memoryOnly);
    if (fetched != null) {
      reads.adoptPins(fetched);
      reads.addCosts(fetched);
    }
    int mark = session.reply().mark();
    long now = clock(requests, request);
    invocation.nowMillis(now);
    keyspace.begin(view, sequence, reads, mode != Mode.READ, now);
    Outcome outcome = Outcome.DONE;
    boolean committed = false;
    try {
      if (mode == Mode.REHEARSE) {
        dispatch(session, requests, request, true, mark);
        return outcome;
      }
      outcome = dispatch(session, requests, request, false, mark);
      if (mode == Mode.WRITE && outcome != Outcome.PAUSED) {
        if (keyspace.hasWrites()) {
          engine.write(keyspace.batch());
        }
        commit(session);
        committed = true;
      }
      invocation.runEffects();
      return outcome;
    } catch (NotInMemoryException | EngineException incomplete) {
      invocation.dropEffects();
      session.reply().rewind(mark);
      throw incomplete;
    } finally {
      if (!committed) {
        keyspace.abort();
      }
      if (mode != Mode.REHEARSE) {
        account(session, reads);
      }
    }
  }

  /// Milliseconds since the epoch: read once for the quick commands of a pipeline.
  private long clock(RequestBatch requests, int request) {
    long endNanos = invocation.endNanosOfPrevious(requests, request);
    if (endNanos == 0 || clockNanos == 0 || endNanos - clockNanos > CLOCK_NANOS_MAX) {
      clockMillis = time.millis();
      clockNanos = endNanos;
    }
    return clockMillis;
  }

  /// Who keeps what it has read may not want to be told of what it changes itself.
  private void commit(Session session) {
    Tracking tracking = invocation.server().tracking();
    tracking.actor(session);
    keyspace.commit();
    tracking.actor(null);
  }

  /// A reply that is too long, for its client or for the memory, ends that client and nobody else:
  /// nothing of the request stays, and replies to requests before it do not leave any more.
  private Outcome dispatch(
      Session session, RequestBatch requests, int request, boolean rehearse, int mark) {
    try {
      if (rehearse) {
        dispatcher.rehearse(session, requests, request, invocation);
        return Outcome.DONE;
      }
      return dispatcher.dispatch(session, requests, request, invocation);
    } catch (ReplyTooLongException | OutOfMemoryError tooMuch) {
      keyspace.abort();
      invocation.abandon();
      session.reply().rewind(mark);
      LOG.warn("client {} asks for too much: {}", session.id(), tooMuch.getMessage());
      session.killAtOutputLimit();
      return Outcome.FAILED;
    }
  }

  private void account(Session session, ReadContext reads) {
    if (reads.runsProbed() > 0) {
      engine.account(reads);
      long readIos = reads.readIos();
      if (readIos > 0 && session.lastCommand() >= 0) {
        invocation.counters().countReadIos(session.lastCommand(), readIos);
      }
    }
    reads.reset();
  }

  /// After a rehearsal: hands over the blocks that it holds and starts afresh.
  ReadContext takeContext() {
    ReadContext taken = context;
    context = new ReadContext();
    return taken;
  }
}
