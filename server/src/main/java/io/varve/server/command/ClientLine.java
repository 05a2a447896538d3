package io.varve.server.command;

import io.varve.server.pubsub.Subscriber;
import io.varve.server.pubsub.SubscriptionKind;
import io.varve.server.pubsub.TrackingChoice;
import io.varve.server.pubsub.TrackingClient;
import io.varve.server.session.Connection;
import io.varve.server.session.Session;

/// A line of CLIENT LIST: what a client is and does. Stateless.
public final class ClientLine {

  private ClientLine() {}

  /// The line without its end.
  public static String of(Invocation in, Session session) {
    long now = in.nowMillis();
    if (session == in.session()) {
      return of(session, in.command().fullName(), 0, now);
    }
    int last = session.lastCommand();
    String command = last < 0 ? "NULL" : in.server().commands().get(last).fullName();
    return of(session, command, Math.max(0, now - session.lastInteractionMillis()), now);
  }

  /// The line without its end, of a session that is running a command.
  static String of(Session session, String command, long nowMillis) {
    return of(session, command, 0, nowMillis);
  }

  private static String of(Session session, String command, long idle, long now) {
    Connection connection = session.connection();
    long input = connection.inputBytes();
    long output = connection.outputBytes();
    long queued = session.transaction().bytes();
    return "id="
        + session.id()
        + " addr="
        + connection.remoteAddress()
        + " laddr="
        + connection.localAddress()
        + " fd="
        + connection.fileDescriptor()
        + " name="
        + session.name()
        + " age="
        + Math.max(0, now - session.createdMillis()) / 1000
        + " idle="
        + idle / 1000
        + " flags="
        + flags(session)
        + " db="
        + session.database()
        + " sub="
        + count(session, SubscriptionKind.CHANNEL)
        + " psub="
        + count(session, SubscriptionKind.PATTERN)
        + " ssub="
        + count(session, SubscriptionKind.SHARD_CHANNEL)
        + " multi="
        + (session.inMulti() ? session.transaction().count() : -1)
        + " qbuf="
        + input
        + " qbuf-free=0 argv-mem=0 multi-mem="
        + queued
        + " rbs="
        + output
        + " rbp="
        + output
        + " obl=0 oll=0 omem="
        + output
        + " tot-mem="
        + (input + output + queued)
        + " events=r cmd="
        + command
        + " user="
        + session.user()
        + " redir="
        + redirect(session)
        + " resp="
        + session.reply().version()
        + " lib-name="
        + session.libraryName()
        + " lib-ver="
        + session.libraryVersion();
  }

  /// Number of the client that is told in place of this one, 0 for itself, -1 if tracking is off.
  public static long redirect(Session session) {
    TrackingClient tracking = session.findTracking();
    TrackingChoice choice = tracking == null ? null : tracking.choice();
    return choice == null ? -1 : choice.redirect();
  }

  private static int count(Session session, SubscriptionKind kind) {
    Subscriber subscriber = session.findSubscriber();
    return subscriber == null ? 0 : subscriber.count(kind);
  }

  private static String flags(Session session) {
    StringBuilder flags = new StringBuilder();
    if (session.isMonitor()) {
      flags.append('O');
    }
    if (session.isSubscribed()) {
      flags.append('P');
    }
    if (session.inMulti()) {
      flags.append('x');
    }
    if (session.isWaiting()) {
      flags.append('b');
    }
    TrackingClient tracking = session.findTracking();
    TrackingChoice choice = tracking == null ? null : tracking.choice();
    if (tracking != null && choice != null) {
      flags.append('t');
      if (tracking.isRedirectBroken()) {
        flags.append('R');
      }
      if (choice.broadcast()) {
        flags.append('B');
      }
    }
    if (session.transaction().isWatchedKeyTouched()) {
      flags.append('d');
    }
    if (session.isCloseAfterReply()) {
      flags.append('c');
    }
    if (session.isKilled()) {
      flags.append('A');
    }
    if (session.connection().isLocalSocket()) {
      flags.append('U');
    }
    if (session.isNoEvict()) {
      flags.append('e');
    }
    if (session.isNoTouch()) {
      flags.append('T');
    }
    return flags.isEmpty() ? "N" : flags.toString();
  }
}
