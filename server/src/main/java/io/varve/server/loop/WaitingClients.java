package io.varve.server.loop;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.server.command.KeyWait;
import io.varve.server.command.Outcome;
import io.varve.server.keyspace.KeyChangeListener;
import io.varve.server.keyspace.ValueType;
import io.varve.server.session.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Clients whose command waits for a key, or for its time to be up, and how they are served.
///
/// A request that cannot be answered comes here with what it waits for ([KeyWait]). When one of its keys
/// has changed, and what had changed it has committed, the request is run again as it stands: it is
/// answered then, or goes on waiting at its old place. So a command waits by having a handler that can
/// be repeated, and nothing else knows what it waits for.
///
/// - Keys are looked at in the order in which they changed; clients of a key in the order in which they
///   came. A client whose request has to fetch a block keeps its place: those behind it wait for the
///   reader, too.
/// - What a served client does to other keys (BLMOVE) serves those who wait for them in turn, before any
///   other request runs.
/// - A client waits for one request at a time, so there are no more of them than connections.
///
/// Command loop only, but for the counters.
final class WaitingClients implements KeyChangeListener {

  private static final String UNBLOCKED = "UNBLOCKED client unblocked via CLIENT UNBLOCK";

  /// The loop, as this class needs it.
  interface Loop {
    /// Runs the next request of a submission again.
    ///
    /// @throws NotInMemoryException if it needs the disk; nothing has happened then
    Outcome runAgain(Submission submission);

    /// The type of what a key holds, null if it holds nothing.
    ///
    /// @throws NotInMemoryException if it takes the disk to know
    @Nullable ValueType typeOf(int database, Slice key);

    /// Has a reader fetch what the next request of a submission needs.
    void fetch(Submission submission, Runnable then);

    /// Answers the next request of a submission that waits no longer.
    ///
    /// @param error its answer; null for that of a time-out
    void endWait(Submission submission, KeyWait wait, @Nullable String error);

    /// The next request is answered; the submission goes on when those who wait are served.
    void answered(Submission submission);

    /// The submission goes on with the same request, which is not among those that wait any more.
    void letGo(Submission submission);
  }

  private final Loop loop;
  private final Map<KeyQueue.Name, KeyQueue> queues = new HashMap<>();
  private final IdentityHashMap<Session, WaitingClient> clients = new IdentityHashMap<>();
  private final TreeSet<WaitingClient> byDeadline =
      new TreeSet<>(
          Comparator.<WaitingClient>comparingLong(client -> client.wait.deadlineMillis())
              .thenComparingLong(client -> client.number));
  private final ArrayDeque<KeyQueue> ready = new ArrayDeque<>();
  private final ArrayDeque<WaitingClient> ending = new ArrayDeque<>();
  private long lastNumber;
  private int keysWhateverComes;
  private volatile WaitingCounts counts = new WaitingCounts(0, 0, 0, 0);

  WaitingClients(Loop loop) {
    this.loop = loop;
  }

  /// How many wait for how much. Any thread.
  WaitingCounts counts() {
    return counts;
  }

  boolean isEmpty() {
    return clients.isEmpty();
  }

  /// Lets the next request of a submission wait.
  void add(Submission submission, KeyWait wait) {
    WaitingClient client = new WaitingClient(submission, wait, ++lastNumber);
    Session session = submission.connection().session();
    session.waiting(true);
    clients.put(session, client);
    if (client.hasDeadline()) {
      byDeadline.add(client);
    }
    for (int i = 0; i < wait.keys().size(); i++) {
      KeyQueue queue =
          queues.computeIfAbsent(
              new KeyQueue.Name(wait.database(), wait.keys().get(i)), KeyQueue::new);
      if (queue.clients.put(client.number, client) == null) {
        client.queues.add(queue);
        if (wait.whateverComes() && queue.whateverComes++ == 0) {
          keysWhateverComes++;
        }
      }
    }
    count();
  }

  /// When the next wait is over, milliseconds since the epoch; the greatest long if none ever is.
  long nextDeadlineMillis() {
    return byDeadline.isEmpty() ? Long.MAX_VALUE : byDeadline.first().wait.deadlineMillis();
  }

  /// Ends the waits whose time is up.
  void expire(long nowMillis) {
    while (nextDeadlineMillis() <= nowMillis) {
      end(byDeadline.removeFirst(), WaitingClient.End.TIME_IS_UP);
    }
  }

  /// CLIENT UNBLOCK: ends the wait of a client, if it waits. It is answered by the next [#serve()].
  void unblock(Session session, boolean withError) {
    WaitingClient client = clients.get(session);
    if (client != null) {
      end(
          client,
          withError ? WaitingClient.End.UNBLOCKED_WITH_ERROR : WaitingClient.End.TIME_IS_UP);
    }
  }

  /// What a client waits for, which is no key, has come.
  void retry(Session session) {
    WaitingClient client = clients.get(session);
    if (client != null && client.end == null && !client.fetching) {
      tryAgain(client);
    }
  }

  /// The client is gone, or the server goes.
  void drop(Session session) {
    WaitingClient client = clients.get(session);
    if (client != null) {
      end(client, WaitingClient.End.GONE);
    }
  }

  /// The server goes: nobody will be answered any more.
  void dropAll() {
    for (WaitingClient client : new ArrayList<>(clients.values())) {
      client.submission.connection().session().closeAfterReply();
      end(client, WaitingClient.End.GONE);
    }
  }

  /// The request of a client was answered by a reader thread.
  void answeredElsewhere(Session session) {
    WaitingClient client = clients.get(session);
    if (client != null) {
      client.fetching = false;
      client.queues.forEach(this::markReady);
      remove(client);
    }
  }

  private void end(WaitingClient client, WaitingClient.End how) {
    if (client.end == null) {
      client.end = how;
      ending.add(client);
    } else if (how == WaitingClient.End.GONE) {
      client.end = how;
    }
  }

  /// Whether [#serve()] has anything to do.
  boolean hasWork() {
    return !ready.isEmpty() || !ending.isEmpty();
  }

  /// Answers all that can be answered now.
  void serve() {
    while (hasWork()) {
      WaitingClient ended = ending.poll();
      if (ended == null) {
        KeyQueue queue = ready.remove();
        queue.ready = false;
        serve(queue);
      } else if (!ended.fetching) {
        finish(ended);
      }
    }
  }

  private void serve(KeyQueue queue) {
    Map.Entry<Long, WaitingClient> next = queue.clients.firstEntry();
    while (next != null) {
      WaitingClient client = next.getValue();
      if (client.fetching) {
        return;
      }
      if (client.end == null && !client.submission.connection().isGone()) {
        Prospect prospect = prospect(queue, client);
        if (prospect == Prospect.NOTHING_FOR_ANYBODY) {
          return;
        }
        if (prospect == Prospect.WORTH_A_TRY) {
          tryAgain(client);
        }
        if (client.fetching) {
          return;
        }
      }
      next = queue.clients.higherEntry(next.getKey());
    }
  }

  /// What a key that has changed is to a client that waits for it.
  private enum Prospect {
    WORTH_A_TRY,
    NOTHING_FOR_THIS_ONE,
    NOTHING_FOR_ANYBODY
  }

  private Prospect prospect(KeyQueue queue, WaitingClient client) {
    if (client.wait.whateverComes()) {
      return Prospect.WORTH_A_TRY;
    }
    ValueType type;
    try {
      type = loop.typeOf(queue.name.logical(), queue.name.key());
    } catch (NotInMemoryException | EngineException unknown) {
      return Prospect.WORTH_A_TRY; // The run finds the same, and has the means to deal with it.
    }
    if (type == client.wait.type()) {
      return Prospect.WORTH_A_TRY;
    }
    return type == null && queue.whateverComes == 0
        ? Prospect.NOTHING_FOR_ANYBODY
        : Prospect.NOTHING_FOR_THIS_ONE;
  }

  private boolean isWorthATry(WaitingClient client) {
    for (int i = 0; i < client.queues.size(); i++) {
      if (prospect(client.queues.get(i), client) == Prospect.WORTH_A_TRY) {
        return true;
      }
    }
    return false;
  }

  private void tryAgain(WaitingClient client) {
    Outcome outcome;
    try {
      outcome = loop.runAgain(client.submission);
    } catch (NotInMemoryException signal) {
      client.fetching = true;
      loop.fetch(client.submission, () -> fetched(client));
      return;
    }
    switch (outcome) {
      case WAITING -> {}
      case PAUSED -> {
        remove(client);
        loop.letGo(client.submission);
      }
      case DONE, FAILED, QUEUED -> {
        remove(client);
        loop.answered(client.submission);
      }
    }
  }

  /// The blocks are there. Whoever waited behind this client is looked at again after it.
  private void fetched(WaitingClient client) {
    client.fetching = false;
    for (int i = 0; i < client.queues.size(); i++) {
      markReady(client.queues.get(i));
    }
    if (client.end != null) {
      finish(client);
    } else if (isWorthATry(client)) {
      tryAgain(client);
    } else {
      client.submission.dropFetched();
    }
  }

  private void finish(WaitingClient client) {
    if (!remove(client)) {
      return; // It was answered in the meantime.
    }
    switch (client.end) {
      case TIME_IS_UP -> loop.endWait(client.submission, client.wait, null);
      case UNBLOCKED_WITH_ERROR -> loop.endWait(client.submission, client.wait, UNBLOCKED);
      case null, default -> loop.letGo(client.submission);
    }
  }

  private boolean remove(WaitingClient client) {
    Session session = client.submission.connection().session();
    if (!clients.remove(session, client)) {
      return false;
    }
    session.waiting(false);
    byDeadline.remove(client);
    for (int i = 0; i < client.queues.size(); i++) {
      KeyQueue queue = client.queues.get(i);
      queue.clients.remove(client.number);
      if (client.wait.whateverComes() && --queue.whateverComes == 0) {
        keysWhateverComes--;
      }
      if (queue.clients.isEmpty()) {
        queues.remove(queue.name);
      }
    }
    count();
    return true;
  }

  private void count() {
    counts = new WaitingCounts(clients.size(), byDeadline.size(), queues.size(), keysWhateverComes);
  }

  @Override
  public boolean isListening() {
    return !queues.isEmpty();
  }

  @Override
  public void changed(int logical, Slice key, boolean deleted) {
    KeyQueue queue = queues.get(new KeyQueue.Name(logical, key));
    if (queue != null && (!deleted || queue.whateverComes > 0)) {
      markReady(queue);
    }
  }

  @Override
  public void flushed(int logical) {
    for (KeyQueue queue : queues.values()) {
      if (queue.name.logical() == logical && queue.whateverComes > 0) {
        markReady(queue);
      }
    }
  }

  /// What the other database holds under the keys is looked up when they are served.
  @Override
  public void swapped(int logical) {
    for (KeyQueue queue : queues.values()) {
      if (queue.name.logical() == logical) {
        markReady(queue);
      }
    }
  }

  private void markReady(KeyQueue queue) {
    if (!queue.ready) {
      queue.ready = true;
      ready.add(queue);
    }
  }
}
