package io.varve.server.pubsub;

import io.varve.engine.bytes.Slice;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What one client has subscribed to, in the order in which it did.
///
/// Owned by the command loop and changed through [PubSub] alone, which has the other side of it.
/// Bounded by [#BYTES_MAX], so that a client cannot fill the memory with names.
public final class Subscriber {

  /// Bytes of names that one client may have subscribed to, with what each costs beside its bytes.
  public static final long BYTES_MAX = 64L << 20;

  /// Entries in two sets and a map: measured roughly, on the safe side.
  private static final int NAME_OVERHEAD_BYTES = 200;

  private final PushTarget target;
  private final List<Set<Slice>> names =
      List.of(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
  private long bytes;

  public Subscriber(PushTarget target) {
    this.target = target;
  }

  public PushTarget target() {
    return target;
  }

  public int count(SubscriptionKind kind) {
    return names.get(kind.ordinal()).size();
  }

  /// Names of this kind as of now.
  public List<Slice> names(SubscriptionKind kind) {
    return List.copyOf(names.get(kind.ordinal()));
  }

  /// What confirmations of this kind count: shard channels for themselves, all else together.
  public int countToldWith(SubscriptionKind kind) {
    return switch (kind) {
      case SHARD_CHANNEL -> count(kind);
      case CHANNEL, PATTERN -> count(SubscriptionKind.CHANNEL) + count(SubscriptionKind.PATTERN);
    };
  }

  public boolean hasAny() {
    for (Set<Slice> some : names) {
      if (!some.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /// Memory that the names take, roughly.
  public long bytes() {
    return bytes;
  }

  /// Whether another name of this length may be added.
  public boolean hasRoomFor(int length) {
    return bytes + length + NAME_OVERHEAD_BYTES <= BYTES_MAX;
  }

  boolean add(SubscriptionKind kind, Slice name) {
    boolean added = names.get(kind.ordinal()).add(name);
    if (added) {
      bytes += name.length() + NAME_OVERHEAD_BYTES;
    }
    return added;
  }

  boolean contains(SubscriptionKind kind, Slice name) {
    return names.get(kind.ordinal()).contains(name);
  }

  boolean remove(SubscriptionKind kind, Slice name) {
    boolean removed = names.get(kind.ordinal()).remove(name);
    if (removed) {
      bytes -= name.length() + NAME_OVERHEAD_BYTES;
    }
    return removed;
  }
}
