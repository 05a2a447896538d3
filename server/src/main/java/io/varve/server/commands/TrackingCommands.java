package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.ClientLine;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.pubsub.Tracking;
import io.varve.server.pubsub.TrackingChoice;
import io.varve.server.pubsub.TrackingClient;
import io.varve.server.session.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// CLIENT TRACKING and what belongs to it: the handlers; [ClientCommands] has their table.
final class TrackingCommands {

  private TrackingCommands() {}

  /// Turns tracking off (RESET).
  static void forget(Invocation in) {
    TrackingClient client = in.session().findTracking();
    if (client != null && client.choice() != null) {
      choose(in, client, null);
    }
  }

  static void tracking(Invocation in) {
    Arguments args = in.args();
    Options options = Options.parse(in);
    TrackingClient client = in.session().tracking();
    if (args.is(2, "ON")) {
      choose(in, client, options.choice(client.choice()));
    } else if (args.is(2, "OFF")) {
      choose(in, client, null);
    } else {
      throw Errors.syntax();
    }
    in.reply().ok();
  }

  static void caching(Invocation in) {
    TrackingClient client = in.session().findTracking();
    TrackingChoice choice = client == null ? null : client.choice();
    if (client == null || choice == null) {
      throw new CommandException(
          "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or"
              + " OPTOUT mode enabled");
    }
    if (in.args().is(2, "YES")) {
      if (!choice.optIn()) {
        throw new CommandException(
            "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.");
      }
    } else if (in.args().is(2, "NO")) {
      if (!choice.optOut()) {
        throw new CommandException(
            "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.");
      }
    } else {
      throw Errors.syntax();
    }
    client.cachingGiven(true);
    in.reply().ok();
  }

  static void getRedirect(Invocation in) {
    in.reply().integer(ClientLine.redirect(in.session()));
  }

  static @Nullable TrackingChoice choiceOf(Session session) {
    TrackingClient client = session.findTracking();
    return client == null ? null : client.choice();
  }

  static void info(Invocation in) {
    TrackingClient client = in.session().findTracking();
    TrackingChoice choice = client == null ? null : client.choice();
    List<String> flags = new ArrayList<>();
    if (client == null || choice == null) {
      flags.add("off");
    } else {
      flags.add("on");
      if (choice.broadcast()) {
        flags.add("bcast");
      }
      if (choice.optIn()) {
        flags.add("optin");
        if (client.isCachingGiven()) {
          flags.add("caching-yes");
        }
      }
      if (choice.optOut()) {
        flags.add("optout");
        if (client.isCachingGiven()) {
          flags.add("caching-no");
        }
      }
      if (choice.noLoop()) {
        flags.add("noloop");
      }
      if (client.isRedirectBroken()) {
        flags.add("broken_redirect");
      }
    }
    ReplyWriter reply = in.reply();
    reply.map(3);
    reply.bulkString("flags");
    reply.set(flags.size());
    flags.forEach(reply::bulkString);
    reply.bulkString("redirect");
    reply.integer(ClientLine.redirect(in.session()));
    reply.bulkString("prefixes");
    List<Slice> prefixes = choice == null ? List.of() : choice.prefixes();
    reply.array(prefixes.size());
    for (Slice prefix : prefixes) {
      reply.bulk(prefix.segment(), prefix.offset(), prefix.length());
    }
  }

  private static void choose(
      Invocation in, TrackingClient client, @Nullable TrackingChoice choice) {
    Tracking tracking = in.server().tracking();
    Session session = in.session();
    TrackingChoice before = client.choice();
    tracking.choose(client, choice);
    session.trackingChanged();
    in.onUndo(
        () -> {
          tracking.choose(client, before);
          session.trackingChanged();
        });
  }

  /// `[REDIRECT id] [PREFIX prefix ...] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]`.
  private static final class Options {
    private boolean broadcast;
    private boolean optIn;
    private boolean optOut;
    private boolean noLoop;
    private long redirect;
    private final List<Slice> prefixes = new ArrayList<>();

    private static Options parse(Invocation in) {
      Arguments args = in.args();
      Options options = new Options();
      for (int i = 3; i < args.count(); i++) {
        boolean more = i + 1 < args.count();
        if (args.is(i, "REDIRECT") && more) {
          options.redirectTo(in, args.longAt(++i));
        } else if (args.is(i, "BCAST")) {
          options.broadcast = true;
        } else if (args.is(i, "OPTIN")) {
          options.optIn = true;
        } else if (args.is(i, "OPTOUT")) {
          options.optOut = true;
        } else if (args.is(i, "NOLOOP")) {
          options.noLoop = true;
        } else if (args.is(i, "PREFIX") && more) {
          options.prefixes.add(args.get(++i).copy());
        } else {
          throw Errors.syntax();
        }
      }
      return options;
    }

    private void redirectTo(Invocation in, long id) {
      if (redirect != 0) {
        throw new CommandException("ERR A client can only redirect to a single other client");
      }
      if (in.server().sessions().find(id) == null) {
        throw new CommandException("ERR The client ID you want redirect to does not exist");
      }
      redirect = id;
    }

    /// @param before what was chosen so far, or null
    private TrackingChoice choice(@Nullable TrackingChoice before) {
      if (!broadcast && !prefixes.isEmpty()) {
        throw new CommandException("ERR PREFIX option requires BCAST mode to be enabled");
      }
      if (before != null && before.broadcast() != broadcast) {
        throw new CommandException(
            "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and"
                + " then re-enabling it with a different mode.");
      }
      if (broadcast && (optIn || optOut)) {
        throw new CommandException("ERR OPTIN and OPTOUT are not compatible with BCAST");
      }
      if (optIn && optOut) {
        throw new CommandException("ERR You can't specify both OPTIN mode and OPTOUT mode");
      }
      if (before != null && ((optIn && before.optOut()) || (optOut && before.optIn()))) {
        throw new CommandException(
            "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and"
                + " then re-enabling it with a different mode.");
      }
      return new TrackingChoice(
          broadcast, optIn, optOut, noLoop, redirect, broadcast ? merged(before) : List.of());
    }

    private List<Slice> merged(@Nullable TrackingChoice before) {
      List<Slice> all = new ArrayList<>(before == null ? List.of() : before.prefixes());
      for (int i = 0; i < prefixes.size(); i++) {
        for (Slice existing : all) {
          if (overlap(existing, prefixes.get(i))) {
            throw overlapping(prefixes.get(i), "an existing", existing);
          }
        }
        for (int j = i + 1; j < prefixes.size(); j++) {
          if (overlap(prefixes.get(i), prefixes.get(j))) {
            throw overlapping(prefixes.get(i), "another provided", prefixes.get(j));
          }
        }
      }
      if (prefixes.isEmpty() && !all.contains(new Slice())) {
        all.add(new Slice());
      }
      all.addAll(prefixes);
      all.sort(Comparator.naturalOrder());
      return all;
    }

    private static boolean overlap(Slice one, Slice other) {
      return one.startsWith(other) || other.startsWith(one);
    }

    private static CommandException overlapping(Slice prefix, String which, Slice other) {
      return new CommandException(
          "ERR Prefix '"
              + prefix.toUtf8()
              + "' overlaps with "
              + which
              + " prefix '"
              + other.toUtf8()
              + "'. Prefixes for a single client must not overlap.");
    }
  }
}
