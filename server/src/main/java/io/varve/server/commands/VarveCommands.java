package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.ADMIN;
import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Command;
import io.varve.server.command.Invocation;
import io.varve.server.command.LevelReport;
import java.util.List;

/// VARVE: what only a store like this one can be asked.
public final class VarveCommands {

  private static final String SINCE = "0.1.0";

  private VarveCommands() {}

  public static List<Command> table() {
    return List.of(
        Command.define(
                "varve",
                -2,
                in -> {
                  throw new IllegalStateException("a sub-command is always named");
                })
            .group("server")
            .since(SINCE)
            .complexity("Depends on the sub-command.")
            .summary("A container for commands about the storage engine.")
            .subcommands(
                Help.define(SINCE).group("server"),
                Command.define("levels", 2, VarveCommands::levels)
                    .flags(ADMIN, LOADING, STALE)
                    .group("server")
                    .since(SINCE)
                    .complexity("O(N) where N is the number of runs")
                    .summary("Gives what each level holds and what it has cost reads."))
            .build());
  }

  private static void levels(Invocation in) {
    List<LevelReport> levels = in.server().levels();
    ReplyWriter reply = in.reply();
    reply.array(levels.size());
    for (LevelReport level : levels) {
      reply.map(12);
      field(reply, "level", level.level());
      field(reply, "runs", level.runs());
      field(reply, "tables", level.tables());
      field(reply, "bytes", level.bytes());
      field(reply, "entries", level.entries());
      field(reply, "tombstones", level.tombstones());
      field(reply, "range_tombstones", level.rangeTombstones());
      field(reply, "value_bytes", level.valueBytes());
      field(reply, "read_ios", level.readIos());
      field(reply, "filter_probes", level.filterProbes());
      field(reply, "filter_negatives", level.filterNegatives());
      field(reply, "filter_false_positives", level.filterFalsePositives());
    }
  }

  private static void field(ReplyWriter reply, String name, long value) {
    reply.bulkString(name);
    reply.integer(value);
  }
}
