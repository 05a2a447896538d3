package io.varve.server.commands;

import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Invocation;
import io.varve.server.types.PendingEntry;
import io.varve.server.types.StreamId;
import org.jspecify.annotations.Nullable;

/// What XCLAIM asks for.
///
/// `key group consumer min-idle id ... [IDLE millis] [TIME millis] [RETRYCOUNT count] [FORCE] [JUSTID]
/// [LASTID id]`
final class StreamClaim {

  /// Index of the first id.
  static final int FIRST_ID = 5;

  private static final long NOT_GIVEN = -1;

  private final long minIdleMillis;
  private final int idsEnd;
  private long deliveredMillis = NOT_GIVEN;
  private long retryCount = NOT_GIVEN;
  private boolean force;
  private boolean onlyIds;
  private StreamId lastId = StreamId.MIN;

  private StreamClaim(long minIdleMillis, int idsEnd) {
    this.minIdleMillis = minIdleMillis;
    this.idsEnd = idsEnd;
  }

  /// @throws CommandException in Redis' words
  static StreamClaim of(Invocation in) {
    Arguments args = in.args();
    long minIdle = args.longAt(4, wrong("min-idle-time argument"));
    int at = FIRST_ID;
    while (at < args.count() && StreamIds.findExact(args, at) != null) {
      at++;
    }
    StreamClaim claim = new StreamClaim(Math.max(0, minIdle), at);
    while (at < args.count()) {
      at = claim.read(args, at, in.nowMillis());
    }
    if (claim.deliveredMillis < 0 || claim.deliveredMillis > in.nowMillis()) {
      claim.deliveredMillis = in.nowMillis();
    }
    return claim;
  }

  /// Index behind the last id.
  int idsEnd() {
    return idsEnd;
  }

  /// Whether ids are asked for without the entries: that counts as no delivery.
  boolean onlyIds() {
    return onlyIds;
  }

  /// What counts as delivered to the group at least.
  StreamId lastId() {
    return lastId;
  }

  /// When the entries were delivered, in milliseconds since the epoch.
  long deliveredMillis() {
    return deliveredMillis;
  }

  /// Whether to take an entry that is in the stream.
  ///
  /// @param entry null if it is not pending
  boolean takes(@Nullable PendingEntry entry, long nowMillis) {
    return entry == null
        ? force
        : minIdleMillis == 0 || entry.idleMillis(nowMillis) >= minIdleMillis;
  }

  /// How often the entry will have been delivered.
  ///
  /// @param entry null if it is not pending
  long deliveries(@Nullable PendingEntry entry) {
    if (retryCount >= 0) {
      return retryCount;
    }
    long before = entry == null ? 1 : entry.deliveries();
    return onlyIds ? before : before + 1;
  }

  /// Reads an option and returns the index behind it.
  private int read(Arguments args, int at, long nowMillis) {
    boolean hasValue = at + 1 < args.count();
    if (args.is(at, "FORCE")) {
      force = true;
      return at + 1;
    }
    if (args.is(at, "JUSTID")) {
      onlyIds = true;
      return at + 1;
    }
    if (hasValue && args.is(at, "IDLE")) {
      deliveredMillis = nowMillis - args.longAt(at + 1, wrong("IDLE option argument"));
    } else if (hasValue && args.is(at, "TIME")) {
      deliveredMillis = args.longAt(at + 1, wrong("TIME option argument"));
    } else if (hasValue && args.is(at, "RETRYCOUNT")) {
      retryCount = args.longAt(at + 1, wrong("RETRYCOUNT option argument"));
    } else if (hasValue && args.is(at, "LASTID")) {
      lastId = StreamIds.exact(args, at + 1);
    } else {
      throw new CommandException("ERR Unrecognized XCLAIM option '" + args.text(at) + "'");
    }
    return at + 2;
  }

  private static CommandException wrong(String what) {
    return new CommandException("ERR Invalid " + what + " for XCLAIM");
  }
}
