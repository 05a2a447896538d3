package io.varve.server.commands;

import static io.varve.server.command.AclCategory.CONNECTION;
import static io.varve.server.command.CommandFlag.ALLOW_BUSY;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.NO_AUTH;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.protocol.ReplyWriter;
import io.varve.server.acl.Account;
import io.varve.server.acl.Acl;
import io.varve.server.command.Arguments;
import io.varve.server.command.ClientLine;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.command.ServerIdentity;
import io.varve.server.session.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands by which a client introduces itself, chooses and leaves. CLIENT has a class of its own.
public final class ConnectionCommands {

  private ConnectionCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define("auth", -2, ConnectionCommands::auth)
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
            .categories(CONNECTION)
            .group("connection")
            .complexity("O(N) where N is the number of passwords of the user")
            .summary("Authenticates the connection.")
            .build(),
        Command.define("echo", 2, in -> in.reply().bulk(in.args().bytes(1)))
            .flags(LOADING, STALE, FAST)
            .categories(CONNECTION)
            .group("connection")
            .summary("Gives its argument back.")
            .build(),
        Command.define("hello", -1, ConnectionCommands::hello)
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
            .categories(CONNECTION)
            .group("connection")
            .since("6.0.0")
            .summary("Chooses the protocol version, and authenticates and names the connection.")
            .build(),
        Command.define("ping", -1, ConnectionCommands::ping)
            .flags(FAST)
            .categories(CONNECTION)
            .group("connection")
            .summary("Answers PONG, or its argument.")
            .build(),
        Command.define("quit", -1, ConnectionCommands::quit)
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
            .categories(CONNECTION)
            .group("connection")
            .summary("Closes the connection.")
            .build(),
        Command.define("reset", 1, ConnectionCommands::reset)
            .flags(NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY)
            .categories(CONNECTION)
            .group("connection")
            .since("6.2.0")
            .summary("Brings the connection back to how it started.")
            .build(),
        Command.define("select", 2, ConnectionCommands::select)
            .flags(LOADING, STALE, FAST)
            .categories(CONNECTION)
            .group("connection")
            .summary("Chooses the database of the connection.")
            .build());
  }

  private static void ping(Invocation in) {
    if (in.session().isSubscribed() && in.reply().version() == 2) {
      pingAmongMessages(in);
      return;
    }
    switch (in.args().count()) {
      case 1 -> in.reply().pong();
      case 2 -> in.reply().bulk(in.args().segment(), in.args().offset(1), in.args().length(1));
      default -> throw Errors.wrongArity("ping");
    }
  }

  /// To a RESP2 client that gets messages, in the shape of a message.
  private static void pingAmongMessages(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 2) {
      throw Errors.wrongArity("ping");
    }
    in.reply().array(2);
    in.reply().bulkString("pong");
    in.reply().bulk(args.count() == 2 ? args.bytes(1) : new byte[0]);
  }

  private static void auth(Invocation in) {
    Arguments args = in.args();
    switch (args.count()) {
      case 2 -> {
        if (!in.server().isPasswordRequired()) {
          throw new CommandException(
              "ERR AUTH <password> called without any password configured for the default user. Are"
                  + " you sure your configuration is correct?");
        }
        authenticate(in, Session.DEFAULT_USER, args.bytes(1));
      }
      case 3 -> authenticate(in, args.text(1), args.bytes(2));
      default -> throw Errors.syntax();
    }
    in.reply().ok();
  }

  private static void authenticate(Invocation in, String user, byte[] password) {
    Account account = in.server().acl().authenticate(user, password);
    if (account == null) {
      in.server()
          .aclLog()
          .add(
              "auth",
              in.isNested() ? "multi" : "toplevel",
              in.args().text(0),
              user,
              ClientLine.of(in, in.session()),
              in.nowMillis());
      throw new CommandException(Acl.WRONG_PASSWORD);
    }
    in.session().authenticate(account);
  }

  private static void hello(Invocation in) {
    Arguments args = in.args();
    Session session = in.session();
    int version = session.reply().version();
    if (args.count() >= 2) {
      long wanted =
          args.longAt(
              1, new CommandException("ERR Protocol version is not an integer or out of range"));
      if (wanted < 2 || wanted > 3) {
        throw new CommandException("NOPROTO unsupported protocol version");
      }
      version = (int) wanted;
    }
    @Nullable String user = null;
    byte[] password = new byte[0];
    @Nullable String name = null;
    for (int i = 2; i < args.count(); i++) {
      int more = args.count() - 1 - i;
      if (args.is(i, "AUTH") && more >= 2) {
        user = args.text(i + 1);
        password = args.bytes(i + 2);
        i += 2;
      } else if (args.is(i, "SETNAME") && more >= 1) {
        name = ClientNames.check("Client names", args.bytes(i + 1));
        i++;
      } else {
        throw new CommandException("ERR Syntax error in HELLO option '" + args.text(i) + "'");
      }
    }
    if (user != null) {
      authenticate(in, user, password);
    }
    if (!session.isAuthenticated()) {
      throw new CommandException(
          "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO"
              + " <proto> AUTH <user> <pass> option can be used to authenticate the client and"
              + " select the RESP protocol version at the same time");
    }
    if (name != null) {
      session.name(name);
    }
    session.useProtocol(version);
    replyHello(session);
  }

  private static void replyHello(Session session) {
    ReplyWriter reply = session.reply();
    reply.map(7);
    reply.bulkString("server");
    reply.bulkString("redis");
    reply.bulkString("version");
    reply.bulkString(ServerIdentity.REDIS_VERSION);
    reply.bulkString("proto");
    reply.integer(reply.version());
    reply.bulkString("id");
    reply.integer(session.id());
    reply.bulkString("mode");
    reply.bulkString("standalone");
    reply.bulkString("role");
    reply.bulkString("master");
    reply.bulkString("modules");
    reply.array(0);
  }

  private static void quit(Invocation in) {
    in.session().closeAfterReply();
    in.reply().ok();
  }

  private static void reset(Invocation in) {
    TransactionCommands.forgetWatches(in);
    PubSubCommands.forgetSubscriptions(in);
    TrackingCommands.forget(in);
    MonitorCommand.forget(in);
    in.session().reset(!in.server().isPasswordRequired());
    in.reply().simpleString("RESET");
  }

  private static void select(Invocation in) {
    int index = in.args().intAt(1);
    if (index < 0 || index >= in.server().databases()) {
      throw new CommandException("ERR DB index is out of range");
    }
    in.session().select(index);
    in.reply().ok();
  }
}
