package io.varve.server.commands;

import static io.varve.server.command.AclCategory.CONNECTION;
import static io.varve.server.command.AclCategory.DANGEROUS;
import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.server.command.Arguments;
import io.varve.server.command.ClientLine;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.ServerAccess;
import io.varve.server.session.ReplyMode;
import io.varve.server.session.Session;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// CLIENT: what a connection says of itself, and what an administrator does to others.
public final class ClientCommands {

  private ClientCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define("client", -2, ClientCommands::unreachable)
            .categories(CONNECTION)
            .group("connection")
            .since("2.4.0")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands about connections.")
            .subcommands(
                open(
                    "caching",
                    3,
                    "6.0.0",
                    "Tracks or not the keys of the next command.",
                    TrackingCommands::caching),
                open(
                    "getname", 2, "2.6.9", "Gives the connection's name.", ClientCommands::getName),
                open(
                    "getredir",
                    2,
                    "6.0.0",
                    "Gives the client that invalidations go to.",
                    TrackingCommands::getRedirect),
                Help.define("5.0.0").categories(CONNECTION),
                open(
                    "id",
                    2,
                    "5.0.0",
                    "Gives the connection's number.",
                    in -> in.reply().integer(in.session().id())),
                open("info", 2, "6.2.0", "Describes the connection.", ClientCommands::info),
                admin("kill", -3, "2.4.0", "Closes connections.", ClientCommands::kill),
                admin("list", -2, "2.4.0", "Describes all connections.", ClientCommands::list),
                admin(
                    "no-evict",
                    3,
                    "7.0.0",
                    "Exempts the connection from eviction of clients.",
                    ClientCommands::noEvict),
                open(
                    "no-touch",
                    3,
                    "7.2.0",
                    "Leaves access times alone when reading.",
                    ClientCommands::noTouch),
                admin(
                    "pause",
                    -3,
                    "3.0.0",
                    "Holds the commands of all clients back.",
                    ClientCommands::pause),
                open("reply", 3, "3.2.0", "Turns replies on or off.", ClientCommands::reply),
                open("setinfo", 4, "7.2.0", "Names the client library.", ClientCommands::setInfo),
                open("setname", 3, "2.6.9", "Names the connection.", ClientCommands::setName),
                open(
                    "tracking",
                    -3,
                    "6.0.0",
                    "Turns tracking of keys on or off.",
                    TrackingCommands::tracking),
                open(
                    "trackinginfo",
                    2,
                    "6.2.0",
                    "Describes the tracking of keys.",
                    TrackingCommands::info),
                admin(
                    "unblock",
                    -3,
                    "5.0.0",
                    "Wakes a client that waits in a command.",
                    ClientCommands::unblock),
                admin("unpause", 2, "6.2.0", "Ends the pause of clients.", ClientCommands::unpause))
            .build());
  }

  private static Command.Builder open(
      String name, int arity, String since, String summary, Handler handler) {
    return Command.define(name, arity, handler)
        .flags(NOSCRIPT, LOADING, STALE)
        .categories(CONNECTION)
        .group("connection")
        .since(since)
        .summary(summary);
  }

  private static Command.Builder admin(
      String name, int arity, String since, String summary, Handler handler) {
    return open(name, arity, since, summary, handler).flags(ADMIN).categories(DANGEROUS);
  }

  private static void unreachable(Invocation in) {
    throw new IllegalStateException("a sub-command is always named");
  }

  private static void getName(Invocation in) {
    String name = in.session().name();
    if (name.isEmpty()) {
      in.reply().nullBulk();
    } else {
      in.reply().bulkString(name);
    }
  }

  private static void setName(Invocation in) {
    in.session().name(ClientNames.check("Client names", in.args().bytes(2)));
    in.reply().ok();
  }

  private static void setInfo(Invocation in) {
    Arguments args = in.args();
    if (args.is(2, "LIB-NAME")) {
      in.session().libraryName(ClientNames.check("lib-name", args.bytes(3)));
    } else if (args.is(2, "LIB-VER")) {
      in.session().libraryVersion(ClientNames.check("lib-ver", args.bytes(3)));
    } else {
      throw new CommandException("ERR Unrecognized option '" + args.text(2) + "'");
    }
    in.reply().ok();
  }

  private static void info(Invocation in) {
    in.reply().verbatim("txt", ClientLine.of(in, in.session()) + "\n");
  }

  private static void list(Invocation in) {
    Arguments args = in.args();
    ClientFilter filter = new ClientFilter();
    if (args.count() > 2) {
      if (args.is(2, "TYPE") && args.count() == 4) {
        filter.type = ClientType.parse(args.text(3));
      } else if (args.is(2, "ID") && args.count() > 3) {
        Set<Long> ids = new HashSet<>();
        for (int i = 3; i < args.count(); i++) {
          ids.add(args.longAt(i, new CommandException("ERR Invalid client ID")));
        }
        filter.ids = ids;
      } else {
        throw Errors.syntax();
      }
    }
    StringBuilder text = new StringBuilder();
    for (Session session : in.server().sessions().all()) {
      if (filter.accepts(session)) {
        text.append(ClientLine.of(in, session)).append('\n');
      }
    }
    in.reply().verbatim("txt", text.toString());
  }

  private static void kill(Invocation in) {
    if (in.args().count() == 3) {
      killAddress(in, in.args().text(2));
      return;
    }
    ClientFilter filter = ClientFilter.parse(in, 2);
    List<Session> victims = new ArrayList<>();
    for (Session session : in.server().sessions().all()) {
      if (filter.accepts(session) && !(filter.skipMe && session == in.session())) {
        victims.add(session);
      }
    }
    Session self = in.session();
    in.afterwards(() -> victims.forEach(victim -> end(self, victim)));
    in.reply().integer(victims.size());
  }

  /// The old form, which may also hit the one who asks.
  private static void killAddress(Invocation in, String address) {
    for (Session session : in.server().sessions().all()) {
      if (session.connection().remoteAddress().equals(address)) {
        Session self = in.session();
        in.afterwards(() -> end(self, session));
        in.reply().ok();
        return;
      }
    }
    throw new CommandException("ERR No such client");
  }

  /// Who ends itself still gets its reply.
  static void end(Session self, Session victim) {
    if (victim == self) {
      self.closeAfterReply();
    } else {
      victim.kill();
    }
  }

  private static void pause(Invocation in) {
    Arguments args = in.args();
    boolean onlyWrites = false;
    if (args.count() == 4) {
      if (args.is(3, "WRITE")) {
        onlyWrites = true;
      } else if (!args.is(3, "ALL")) {
        throw new CommandException("ERR CLIENT PAUSE mode must be WRITE or ALL");
      }
    } else if (args.count() > 4) {
      throw Errors.syntax();
    }
    long millis =
        args.longAt(2, new CommandException("ERR timeout is not an integer or out of range"));
    if (millis < 0) {
      throw new CommandException("ERR timeout is negative");
    }
    if (millis > Long.MAX_VALUE - in.nowMillis()) {
      throw new CommandException("ERR timeout is out of range");
    }
    in.server().pause().pause(in.nowMillis() + millis, onlyWrites, in.nowMillis());
    in.afterwards(in.server()::pauseChanged);
    in.reply().ok();
  }

  private static void unpause(Invocation in) {
    in.server().pause().unpause();
    in.afterwards(in.server()::pauseChanged);
    in.reply().ok();
  }

  private static void reply(Invocation in) {
    Arguments args = in.args();
    Session session = in.session();
    if (args.is(2, "ON")) {
      session.replyMode(ReplyMode.ON);
      in.reply().ok();
    } else if (args.is(2, "OFF")) {
      session.replyMode(ReplyMode.OFF);
    } else if (args.is(2, "SKIP")) {
      if (session.replyMode() != ReplyMode.OFF) {
        session.replyMode(ReplyMode.SKIP_NEXT);
      }
    } else {
      throw Errors.syntax();
    }
  }

  private static void noEvict(Invocation in) {
    in.session().noEvict(isOn(in.args()));
    in.reply().ok();
  }

  private static void noTouch(Invocation in) {
    in.session().noTouch(isOn(in.args()));
    in.reply().ok();
  }

  private static boolean isOn(Arguments args) {
    if (args.is(2, "ON")) {
      return true;
    }
    if (args.is(2, "OFF")) {
      return false;
    }
    throw Errors.syntax();
  }

  private static void unblock(Invocation in) {
    Arguments args = in.args();
    boolean withError = false;
    if (args.count() == 4) {
      if (args.is(3, "ERROR")) {
        withError = true;
      } else if (!args.is(3, "TIMEOUT")) {
        throw new CommandException("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
      }
    } else if (args.count() > 4) {
      throw Errors.syntax();
    }
    Session session = in.server().sessions().find(args.longAt(2));
    if (session == null || !session.isWaiting()) {
      in.reply().integer(0);
      return;
    }
    ServerAccess server = in.server();
    boolean error = withError;
    in.afterwards(() -> server.unblock(session, error));
    in.reply().integer(1);
  }
}
