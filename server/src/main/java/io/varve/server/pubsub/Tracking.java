package io.varve.server.pubsub;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.keyspace.KeyChangeListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Caches of clients: who has read which keys, and who wants to hear of all changes under a prefix.
/// Owned by the command loop.
///
/// A read is remembered on the loop before it is run, at whatever moment it will read: so a change that
/// comes later is always told, and told behind the reply, for pushes leave in order with replies. A key
/// is told once and forgotten until it is read again. The table is bounded: the key that was read
/// longest ago is told as if it had changed. Changes for broadcasts are gathered and told together, as
/// arrays, at the end of the loop's round: before the replies of those who made the changes leave.
public final class Tracking implements KeyChangeListener {

  /// Those who listen to a prefix, and what has changed under it.
  private static final class Broadcast {
    private final Set<TrackingClient> clients = new LinkedHashSet<>();

    /// Changed keys in order, each with who changed it last; null if that is no client.
    private final TreeMap<Slice, @Nullable PushTarget> changed = new TreeMap<>();
  }

  private final LongFunction<@Nullable PushTarget> clientById;
  private final Consumer<Runnable> later;
  private final TrackedKeys keys = new TrackedKeys();
  private final Map<Slice, Broadcast> broadcasts = new HashMap<>();
  private final Set<TrackingClient> clients = new LinkedHashSet<>();
  private volatile int clientCount;
  private volatile int prefixCount;
  private long keysMax = Long.MAX_VALUE;
  private boolean workPosted;
  private boolean flushed;
  private @Nullable PushTarget actor;

  /// @param clientById who has a number, or null
  /// @param later runs a task at the end of the round of the command loop that is under way
  public Tracking(LongFunction<@Nullable PushTarget> clientById, Consumer<Runnable> later) {
    this.clientById = clientById;
    this.later = later;
  }

  /// Bounds the keys that are remembered (`tracking-table-max-keys`); 0 is no bound.
  public void keysMax(long max) {
    keysMax = max == 0 ? Long.MAX_VALUE : max;
    if (keys.keyCount() > keysMax) {
      postWork();
    }
  }

  /// Turns tracking on or changes it; null turns it off.
  public void choose(TrackingClient client, @Nullable TrackingChoice choice) {
    TrackingChoice before = client.choice();
    if (before != null) {
      before.prefixes().forEach(prefix -> leave(prefix, client));
    }
    client.choose(choice);
    if (choice == null) {
      clients.remove(client);
    } else {
      clients.add(client);
      for (Slice prefix : choice.prefixes()) {
        broadcasts.computeIfAbsent(prefix, _ -> new Broadcast()).clients.add(client);
      }
    }
    clientCount = clients.size();
    prefixCount = broadcasts.size();
  }

  private void leave(Slice prefix, TrackingClient client) {
    Broadcast broadcast = broadcasts.get(prefix);
    if (broadcast != null) {
      broadcast.clients.remove(client);
      if (broadcast.clients.isEmpty()) {
        broadcasts.remove(prefix);
      }
    }
  }

  /// A client is about to read a key.
  public void remember(TrackingClient client, Slice key) {
    keys.add(key, client);
    if (keys.keyCount() > keysMax) {
      postWork();
    }
  }

  /// Says whose changes are told from now on; null if they are the server's own.
  public void actor(@Nullable PushTarget client) {
    actor = client;
  }

  /// Also while nobody tracks any more: who begins again must not hear of keys that he read before.
  @Override
  public boolean isListening() {
    return clientCount > 0 || keys.keyCount() > 0;
  }

  @Override
  public void changed(int logical, Slice key, boolean deleted) {
    for (Map.Entry<Slice, Broadcast> entry : broadcasts.entrySet()) {
      if (key.startsWith(entry.getKey())) {
        entry.getValue().changed.put(key.copy(), actor);
        postWork();
      }
    }
    if (keys.keyCount() > 0) {
      invalidate(key);
    }
  }

  /// Nothing that any client has kept is worth anything: that is told once, however many databases were
  /// emptied.
  @Override
  public void flushed(int logical) {
    keys.clear();
    flushed = true;
    postWork();
  }

  @Override
  public void swapped(int logical) {
    flushed(logical);
  }

  /// Clients that have turned tracking on. Any thread.
  public int clientCount() {
    return clientCount;
  }

  /// Any thread.
  public int keyCount() {
    return keys.keyCount();
  }

  /// Pairs of a key and one who has read it. Any thread.
  public long itemCount() {
    return keys.readerCount();
  }

  /// Any thread.
  public int prefixCount() {
    return prefixCount;
  }

  private void postWork() {
    if (!workPosted) {
      workPosted = true;
      later.accept(this::work);
    }
  }

  private void work() {
    workPosted = false;
    if (flushed) {
      flushed = false;
      tellFlushed();
    }
    Slice oldest = keys.findOldest();
    while (oldest != null && keys.keyCount() > keysMax) {
      invalidate(oldest);
      oldest = keys.findOldest();
    }
    for (Broadcast broadcast : List.copyOf(broadcasts.values())) {
      if (!broadcast.changed.isEmpty()) {
        tell(broadcast);
        broadcast.changed.clear();
      }
    }
  }

  private void tellFlushed() {
    PushMessage all = message(null);
    for (TrackingClient client : List.copyOf(clients)) {
      send(client, all);
    }
  }

  private void invalidate(Slice key) {
    List<TrackingClient> readers = keys.remove(key);
    if (readers.isEmpty()) {
      return;
    }
    PushMessage message = message(List.of(key.copy()));
    for (TrackingClient reader : readers) {
      TrackingChoice choice = reader.choice();
      if (choice != null && !choice.broadcast() && !(choice.noLoop() && isActor(reader))) {
        send(reader, message);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // a client is itself and nobody else
  private boolean isActor(TrackingClient client) {
    return client.target() == actor;
  }

  private void tell(Broadcast broadcast) {
    PushMessage all = message(List.copyOf(broadcast.changed.keySet()));
    for (TrackingClient client : List.copyOf(broadcast.clients)) {
      TrackingChoice choice = client.choice();
      if (choice == null || !choice.noLoop()) {
        send(client, all);
        continue;
      }
      List<Slice> ofOthers = ofOthers(broadcast, client);
      if (!ofOthers.isEmpty()) {
        send(client, message(ofOthers));
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // a client is itself and nobody else
  private static List<Slice> ofOthers(Broadcast broadcast, TrackingClient client) {
    List<Slice> others = new ArrayList<>();
    for (Map.Entry<Slice, @Nullable PushTarget> entry : broadcast.changed.entrySet()) {
      if (entry.getValue() != client.target()) {
        others.add(entry.getKey());
      }
    }
    return others;
  }

  /// To the client itself if it speaks RESP3, to another that it named as a push or, if that speaks RESP2 and
  /// has subscribed, as a message.
  private void send(TrackingClient client, PushMessage message) {
    TrackingChoice choice = client.choice();
    long redirect = choice == null ? 0 : choice.redirect();
    PushTarget to = redirect == 0 ? client.target() : clientById.apply(redirect);
    if (to == null) {
      client.redirectBroken();
      if (client.target().protocolVersion() == 3) {
        client.target().push(broken(redirect));
      }
    } else if (to.protocolVersion() == 3 || (redirect != 0 && to.isSubscribed())) {
      to.push(message);
    }
  }

  private static PushMessage broken(long redirect) {
    return new PushMessage(
        out -> {
          out.push(2);
          out.bulkString("tracking-redir-broken");
          out.integer(redirect);
        });
  }

  /// @param changed null if everything has
  private static PushMessage message(@Nullable List<Slice> changed) {
    return new PushMessage(
        out -> {
          if (out.version() == 3) {
            out.push(2);
            out.bulkString("invalidate");
          } else {
            out.array(3);
            out.bulkString("message");
            out.bulkString("__redis__:invalidate");
          }
          writeKeys(out, changed);
        });
  }

  private static void writeKeys(ReplyWriter out, @Nullable List<Slice> changed) {
    if (changed == null) {
      out.nullBulk();
      return;
    }
    out.array(changed.size());
    for (Slice key : changed) {
      out.bulk(key.segment(), key.offset(), key.length());
    }
  }
}
