package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.FAST;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.NOSCRIPT;
import static io.varve.server.command.CommandFlag.NO_ASYNC_LOADING;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.server.command.AclCategory;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Invocation;
import java.util.List;

/// Commands of clusters, on a server that is none: all of them say so, as redis-server does when it
/// stands alone. Clients that ask on connecting take that for the answer. Stateless.
public final class ClusterCommands {

  private static final String ALONE = "ERR This instance has cluster support disabled";

  private ClusterCommands() {}

  public static List<Command> table() {
    return List.of(
        refused("asking", 1, "3.0.0", "Lets the next command go to a slot that moves.", FAST)
            .categories(AclCategory.CONNECTION)
            .build(),
        refused("readonly", 1, "3.0.0", "Lets replicas answer reads.", FAST, LOADING, STALE)
            .categories(AclCategory.CONNECTION)
            .build(),
        refused("readwrite", 1, "3.0.0", "Ends what READONLY began.", FAST, LOADING, STALE)
            .categories(AclCategory.CONNECTION)
            .build(),
        refused("cluster", -2, "3.0.0", "A container for commands about clusters.")
            .complexity("Depends on the sub-command.")
            .subcommands(
                refused(
                    "addslots",
                    -3,
                    "3.0.0",
                    "Gives the node hash slots.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "addslotsrange",
                    -4,
                    "7.0.0",
                    "Gives the node ranges of hash slots.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "bumpepoch",
                    2,
                    "3.0.0",
                    "Advances the epoch of the cluster's configuration.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "count-failure-reports",
                    3,
                    "3.0.0",
                    "Counts the reports of a failure of a node.",
                    ADMIN,
                    STALE),
                refused("countkeysinslot", 3, "3.0.0", "Counts the keys of a hash slot.", STALE),
                refused(
                    "delslots",
                    -3,
                    "3.0.0",
                    "Takes hash slots from the node.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "delslotsrange",
                    -4,
                    "7.0.0",
                    "Takes ranges of hash slots from the node.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "failover",
                    -2,
                    "3.0.0",
                    "Has a replica take over from its master.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "flushslots",
                    2,
                    "3.0.0",
                    "Takes all hash slots from the node.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "forget",
                    3,
                    "3.0.0",
                    "Has the node forget another one.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused("getkeysinslot", 4, "3.0.0", "Gives names of keys of a hash slot.", STALE),
                refused("help", 2, "5.0.0", "Lists the sub-commands.", LOADING, STALE),
                refused("info", 2, "3.0.0", "Describes the state of the cluster.", STALE),
                refused("keyslot", 3, "3.0.0", "Gives the hash slot of a key.", STALE),
                refused("links", 2, "7.0.0", "Lists the connections to other nodes.", STALE),
                refused(
                    "meet",
                    -4,
                    "3.0.0",
                    "Makes two nodes known to each other.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused("myid", 2, "3.0.0", "Gives the name of the node.", STALE),
                refused("myshardid", 2, "7.2.0", "Gives the name of the shard of the node.", STALE),
                refused("nodes", 2, "3.0.0", "Lists the nodes of the cluster.", STALE),
                refused("replicas", 3, "5.0.0", "Lists the replicas of a master.", ADMIN, STALE),
                refused(
                    "replicate",
                    3,
                    "3.0.0",
                    "Makes the node a replica of a master.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "reset",
                    -2,
                    "3.0.0",
                    "Has the node forget the cluster.",
                    ADMIN,
                    NOSCRIPT,
                    STALE),
                refused(
                    "saveconfig",
                    2,
                    "3.0.0",
                    "Writes the cluster's configuration to the disk.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "set-config-epoch",
                    3,
                    "3.0.0",
                    "Sets the epoch of the node's configuration.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "setslot",
                    -4,
                    "3.0.0",
                    "Changes the state of a hash slot.",
                    ADMIN,
                    STALE,
                    NO_ASYNC_LOADING),
                refused(
                    "shards", 2, "7.0.0", "Lists shards with their hash slots.", LOADING, STALE),
                refused("slaves", 3, "3.0.0", "An old name of CLUSTER REPLICAS.", ADMIN, STALE),
                refused("slots", 2, "3.0.0", "Lists hash slots with their nodes.", LOADING, STALE))
            .build());
  }

  private static Command.Builder refused(
      String name, int arity, String since, String summary, CommandFlag... flags) {
    return Command.define(name, arity, ClusterCommands::refuse)
        .flags(flags)
        .group("cluster")
        .since(since)
        .summary(summary)
        .differs("Refused, as by a Redis that stands alone: `" + ALONE + "`");
  }

  private static void refuse(Invocation in) {
    throw new CommandException(ALONE);
  }
}
