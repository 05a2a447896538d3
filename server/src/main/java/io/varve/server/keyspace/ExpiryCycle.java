package io.varve.server.keyspace;

import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.engine.iterator.KeyValueIterator;
import io.varve.engine.iterator.ReadContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes keys when their time has passed, be they ever looked at or not.
///
/// A round: the loop names the databases whose next deadline is due; a reader walks their deadline
/// index from where the last round ended, fetches the headers into memory and hands both to the
/// loop; the loop checks each header against its deadline and deletes through a batch like every
/// write. Starting behind the last finished deadline spares the tombstones of earlier rounds. That is
/// safe because no deadline is ever written that is not in the future of the loop's clock; when that
/// clock steps back, everything is looked through once more.
///
/// Owned by the command loop, but for the walk.
final class ExpiryCycle {

  private static final Logger LOG = LoggerFactory.getLogger(ExpiryCycle.class);

  /// Rounds that follow one another at once while there is more to delete.
  private static final int ROUNDS_PER_TICK = 8;

  /// A database to be looked through, and where to begin.
  private record Range(int physicalId, long fromMillis) {}

  /// An entry of the deadline index.
  private record Due(int physicalId, long millis, Slice key) {}

  /// How far a database was looked through: all before `finishedMillis`; then comes `nextMillis`.
  private record Progress(int physicalId, long finishedMillis, long nextMillis) {}

  /// What the walk hands to the loop.
  private static final class Finding {
    private final List<Due> due = new ArrayList<>();
    private final List<Progress> progress = new ArrayList<>();
    private final ReadContext context = new ReadContext();

    /// Leaves all entries from an index on to the next round.
    private void cutAt(int index) {
      while (due.size() > index) {
        Due left = due.removeLast();
        progress.replaceAll(
            of ->
                of.physicalId == left.physicalId
                    ? new Progress(of.physicalId, left.millis, left.millis)
                    : of);
      }
    }
  }

  private final Keyspace keyspace;
  private final Engine engine;
  private final int expiredPerRound;
  private final KeyEntry scratch = new KeyEntry();
  private @Nullable KeyspaceAccess access;

  /// Of the walk, of which there is one at a time.
  private @Nullable KeyspaceAccess rehearsal;

  private @Nullable Executor readers;
  private @Nullable Executor loop;
  private volatile boolean enabled = true;
  private boolean running;
  private int roundsLeft;
  private long lastMillis;

  ExpiryCycle(Keyspace keyspace, Engine engine, int expiredPerRound) {
    this.keyspace = keyspace;
    this.engine = engine;
    this.expiredPerRound = expiredPerRound;
  }

  void start(Executor readerPool, Executor commandLoop) {
    readers = readerPool;
    loop = commandLoop;
  }

  /// Turns the cycle on or off; keys that expire while it is off go when it is on again.
  void enable(boolean on) {
    enabled = on;
  }

  void tick(long nowMillis) {
    if (!enabled) {
      return;
    }
    if (nowMillis < lastMillis) {
      lookAgain();
    }
    lastMillis = nowMillis;
    roundsLeft = ROUNDS_PER_TICK;
    startRound();
  }

  private void startRound() {
    Executor pool = readers;
    if (running || roundsLeft == 0 || pool == null || keyspace.isClosed()) {
      return;
    }
    long now = lastMillis;
    List<Range> ranges = new ArrayList<>();
    for (DatabaseState state : keyspace.states()) {
      if (state.nextDeadlineMillis <= now) {
        ranges.add(new Range(state.physicalId, state.finishedDeadlineMillis));
        // Deadlines that are set while the walk runs lower this again.
        state.nextDeadlineMillis = Long.MAX_VALUE;
      }
    }
    if (ranges.isEmpty()) {
      return;
    }
    running = true;
    roundsLeft--;
    ReadView view = engine.acquireView();
    long sequence = engine.lastSequence();
    pool.execute(() -> walk(ranges, view, sequence, now));
  }

  private void walk(List<Range> ranges, ReadView view, long sequence, long nowMillis) {
    Finding finding = new Finding();
    try (view) {
      for (Range range : ranges) {
        finding.progress.add(walk(range, view, sequence, nowMillis, finding));
      }
      rehearse(finding, view, sequence, nowMillis);
    } catch (EngineException failed) {
      finding.context.releasePins();
      LOG.warn("Looking for expired keys failed; the next round tries again.", failed);
      finding.due.clear();
      finding.progress.clear();
      for (Range range : ranges) {
        finding.progress.add(new Progress(range.physicalId, range.fromMillis, range.fromMillis));
      }
    }
    Executor commandLoop = loop;
    if (commandLoop != null) {
      commandLoop.execute(() -> delete(finding, nowMillis));
    }
  }

  private Progress walk(
      Range range, ReadView view, long sequence, long nowMillis, Finding finding) {
    ReadContext context = new ReadContext();
    try (KeyValueIterator iterator = engine.iterator(view, sequence, context)) {
      iterator.seek(KeyspaceFormat.deadlineKey(range.physicalId, range.fromMillis));
      while (iterator.isValid()
          && KeyspaceFormat.physicalId(iterator.key()) == range.physicalId
          && KeyspaceFormat.tag(iterator.key()) == KeyspaceFormat.TAG_DEADLINE) {
        Slice key = iterator.key();
        long millis = KeyspaceFormat.deadlineMillis(key);
        if (millis > nowMillis) {
          return new Progress(range.physicalId, nowMillis, millis);
        }
        if (finding.due.size() == expiredPerRound) {
          return new Progress(range.physicalId, millis, millis);
        }
        Slice userKey =
            new Slice(
                key.segment(),
                key.offset() + KeyspaceFormat.DEADLINE_PREFIX_BYTES,
                key.length() - KeyspaceFormat.DEADLINE_PREFIX_BYTES);
        finding.due.add(new Due(range.physicalId, millis, userKey.copy()));
        iterator.next();
      }
      return new Progress(range.physicalId, nowMillis, Long.MAX_VALUE);
    } finally {
      context.releasePins();
    }
  }

  /// Does as the loop will, so that the blocks for it are in memory and stay there; and leaves to the
  /// next round what would be too much for one.
  private void rehearse(Finding finding, ReadView view, long sequence, long nowMillis) {
    KeyspaceAccess access = rehearsal;
    if (access == null) {
      access = keyspace.newReaderAccess();
      rehearsal = access;
    }
    KeyEntry entry = new KeyEntry();
    access.begin(view, sequence, finding.context, true, nowMillis);
    try {
      int removed = 0;
      for (int i = 0; i < finding.due.size(); i++) {
        Due due = finding.due.get(i);
        removed += access.expire(due.physicalId, due.key, due.millis, entry);
        if (removed > expiredPerRound) {
          finding.cutAt(i + 1);
        }
      }
    } finally {
      access.abort();
    }
  }

  private void delete(Finding finding, long nowMillis) {
    running = false;
    for (Progress progress : finding.progress) {
      DatabaseState state = keyspace.findState(progress.physicalId);
      if (state != null) {
        state.finishedDeadlineMillis = progress.finishedMillis;
        state.nextDeadlineMillis = Math.min(state.nextDeadlineMillis, progress.nextMillis);
      }
    }
    if (!finding.due.isEmpty()) {
      try (ReadView view = engine.acquireView()) {
        delete(finding, view, nowMillis);
      } finally {
        finding.context.releasePins();
      }
    }
    startRound();
  }

  private void delete(Finding finding, ReadView view, long nowMillis) {
    KeyspaceAccess writer = access;
    if (writer == null) {
      writer = keyspace.newWriterAccess();
      access = writer;
    }
    finding.context.setMemoryOnly(true);
    writer.begin(view, engine.lastSequence(), finding.context, true, nowMillis);
    for (Due due : finding.due) {
      DatabaseState state = keyspace.findState(due.physicalId);
      if (state == null) {
        continue;
      }
      int mark = writer.mark();
      try {
        writer.expire(due.physicalId, due.key, due.millis, scratch);
      } catch (NotInMemoryException movedByMerge) {
        writer.rollbackTo(mark);
        state.finishedDeadlineMillis = Math.min(state.finishedDeadlineMillis, due.millis);
        state.nextDeadlineMillis = Math.min(state.nextDeadlineMillis, due.millis);
      }
    }
    try {
      if (writer.hasWrites()) {
        engine.write(writer.batch());
      }
      writer.commit();
    } catch (EngineException refused) {
      // The store takes no writes: the keys stay hidden by their expiry, a later tick tries again.
      writer.abort();
      lookAgain();
    }
  }

  private void lookAgain() {
    for (DatabaseState state : keyspace.states()) {
      state.finishedDeadlineMillis = 0;
      state.nextDeadlineMillis = 0;
    }
    roundsLeft = 0;
  }
}
