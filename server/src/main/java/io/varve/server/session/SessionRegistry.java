package io.varve.server.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// All clients that are connected. Safe to use from any thread.
///
/// Bounded by the caller, which refuses connections beyond `maxclients`.
public final class SessionRegistry {

  private final ConcurrentHashMap<Long, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /// The number of the next connection, from 1.
  public long nextId() {
    return lastId.incrementAndGet();
  }

  public void add(Session session) {
    accepted.incrementAndGet();
    sessions.put(session.id(), session);
  }

  public void remove(Session session) {
    sessions.remove(session.id(), session);
  }

  /// A connection was turned away at the limit.
  public void countRefused() {
    refused.incrementAndGet();
  }

  public int count() {
    return sessions.size();
  }

  /// Connections accepted since the start or [#resetCounters()].
  public long acceptedCount() {
    return accepted.get();
  }

  /// Connections turned away since the start or [#resetCounters()].
  public long refusedCount() {
    return refused.get();
  }

  public void resetCounters() {
    accepted.set(0);
    refused.set(0);
  }

  public @Nullable Session find(long id) {
    return sessions.get(id);
  }

  /// All sessions as of now, oldest first.
  public List<Session> all() {
    List<Session> list = new ArrayList<>(sessions.values());
    list.sort(Comparator.comparingLong(Session::id));
    return list;
  }
}
