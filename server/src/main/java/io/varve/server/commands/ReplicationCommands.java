package io.varve.server.commands;

import static io.varve.server.command.AclCategory.CONNECTION;
import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.ALLOW_BUSY;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.NO_ASYNC_LOADING;
import static io.varve.server.command.CommandFlag.NO_MULTI;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.engine.error.NotInMemoryException;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import java.util.List;

/// Commands around replication, of a server that has no replicas: what waits for replicas counts none,
/// and what would make this server one, or give it one, is refused. Stateless.
public final class ReplicationCommands {

  private static final String NO_REPLICATION =
      "ERR this server does not speak the replication protocol of Redis. Copies of a store are made by"
          + " backups and the archive of its log";
  private static final String NO_REPLICAS = "ERR FAILOVER requires connected replicas.";

  private ReplicationCommands() {}

  public static List<Command> table() {
    return List.of(
        define("replicaof", 3, "5.0.0", ReplicationCommands::replicaOf)
            .flags(ADMIN, NOSCRIPT, STALE, NO_ASYNC_LOADING)
            .summary("Makes the server a replica, which this one refuses, or no replica.")
            .build(),
        define("slaveof", 3, "1.0.0", ReplicationCommands::replicaOf)
            .flags(ADMIN, NOSCRIPT, STALE, NO_ASYNC_LOADING)
            .summary("An old name of REPLICAOF.")
            .build(),
        define("failover", -1, "6.2.0", ReplicationCommands::failOver)
            .flags(ADMIN, NOSCRIPT, STALE)
            .summary("Has a replica take over from this server.")
            .differs(
                "Refused, as by a Redis without replicas, whatever the options: `"
                    + NO_REPLICAS
                    + "`")
            .build(),
        define("sync", 1, "1.0.0", ReplicationCommands::refuseReplica)
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, NO_MULTI)
            .summary("Makes the connection one of a replica.")
            .differs("Refused: `" + NO_REPLICATION + "`")
            .build(),
        define("psync", -3, "2.8.0", ReplicationCommands::refuseReplica)
            .flags(ADMIN, NOSCRIPT, NO_ASYNC_LOADING, NO_MULTI)
            .summary("Makes the connection one of a replica that has a part of the data.")
            .differs("Refused: `" + NO_REPLICATION + "`")
            .build(),
        define("replconf", -1, "3.0.0", ReplicationCommands::refuseReplica)
            .flags(ADMIN, NOSCRIPT, LOADING, STALE, ALLOW_BUSY)
            .summary("Tells of a replica what replication needs to know.")
            .differs("Refused: `" + NO_REPLICATION + "`")
            .build(),
        define("wait", 3, "3.0.0", ReplicationCommands::waitForReplicas)
            .categories(CONNECTION)
            .group("generic")
            .summary("Counts the replicas that have the client's writes: none.")
            .build(),
        define("waitaof", 4, "7.2.0", ReplicationCommands::waitForSync)
            .flags(NOSCRIPT)
            .categories(CONNECTION)
            .group("generic")
            .summary("Waits until the client's writes are synced to the disk.")
            .build());
  }

  private static Command.Builder define(String name, int arity, String since, Handler handler) {
    return Command.define(name, arity, handler).group("server").since(since);
  }

  private static void replicaOf(Invocation in) {
    Arguments args = in.args();
    if (!args.is(1, "NO") || !args.is(2, "ONE")) {
      throw new CommandException(
          "ERR this server cannot be a replica. Copies of a store are made by backups and the"
              + " archive of its log");
    }
    in.reply().ok();
  }

  private static void refuseReplica(Invocation in) {
    throw new CommandException(NO_REPLICATION);
  }

  private static void failOver(Invocation in) {
    Arguments args = in.args();
    throw new CommandException(
        args.count() == 2 && args.is(1, "ABORT") ? "ERR No failover in progress." : NO_REPLICAS);
  }

  private static void waitForReplicas(Invocation in) {
    in.args().longAt(1);
    checkTimeout(in.args(), 2);
    in.reply().integer(0);
  }

  private static void waitForSync(Invocation in) {
    Arguments args = in.args();
    long local = args.longAt(1);
    if (local < 0 || local > 1) {
      throw new CommandException("ERR value is out of range, value must between 0 and 1");
    }
    if (args.longAt(2) < 0) {
      throw new CommandException("ERR value is out of range, must be positive");
    }
    checkTimeout(args, 3);
    boolean synced = local == 1 && !in.isNested();
    if (synced) {
      if (in.isOnLoop()) {
        throw NotInMemoryException.INSTANCE; // Has it run by a thread that may wait for the disk.
      }
      in.server().awaitSynced(in.access().sequence());
    }
    in.reply().array(2);
    in.reply().integer(synced ? 1 : 0);
    in.reply().integer(0);
  }

  private static void checkTimeout(Arguments args, int index) {
    CommandException wrong = new CommandException("ERR timeout is not an integer or out of range");
    if (args.longAt(index, wrong) < 0) {
      throw new CommandException("ERR timeout is negative");
    }
  }
}
