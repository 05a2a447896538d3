package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.LOADING;
import static io.varve.server.command.CommandFlag.STALE;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Command;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.MemoryUse;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// MEMORY: what the process uses. The data lie on disk, so this is caches, buffers and the heap.
public final class MemoryCommands {

  /// Above this share of the largest heap the doctor speaks up, in percent.
  private static final long HEAP_PERCENT_HIGH = 90;

  private MemoryCommands() {}

  /// @param more sub-commands of other families: MEMORY USAGE is about a key
  public static List<Command> table(Command.Builder... more) {
    Command.Builder[] own = {
      define("doctor", "4.0.0", "Says in words what is odd.", MemoryCommands::doctor),
      Help.define("4.0.0").group("server"),
      define(
          "malloc-stats",
          "4.0.0",
          "Gives the allocator's own report.",
          in -> in.reply().bulkString("Stats not supported for the current allocator")),
      define("purge", "4.0.0", "Asks the allocator to give memory back.", in -> in.reply().ok()),
      define("stats", "4.0.0", "Gives the use of memory in numbers.", MemoryCommands::stats)
    };
    return List.of(
        Command.define(
                "memory",
                -2,
                in -> {
                  throw new IllegalStateException("a sub-command is always named");
                })
            .group("server")
            .since("4.0.0")
            .complexity("Depends on the sub-command.")
            .summary("A container for commands about memory.")
            .subcommands(
                Stream.concat(Arrays.stream(own), Arrays.stream(more))
                    .toArray(Command.Builder[]::new))
            .build());
  }

  private static Command.Builder define(
      String name, String since, String summary, Handler handler) {
    return Command.define(name, 2, handler)
        .flags(LOADING, STALE)
        .group("server")
        .since(since)
        .summary(summary);
  }

  private static void stats(Invocation in) {
    MemoryUse memory = in.server().memory();
    ReplyWriter reply = in.reply();
    reply.map(9);
    field(reply, "peak.allocated", memory.peak());
    field(reply, "total.allocated", memory.used());
    field(reply, "startup.allocated", memory.startup());
    field(reply, "clients.normal", memory.clients());
    field(reply, "heap.used", memory.heap());
    field(reply, "heap.max", memory.heapMax());
    field(reply, "native.allocated", memory.nativeBytes());
    field(reply, "block.cache", memory.blockCache());
    field(reply, "memtables", memory.memtables());
  }

  private static void field(ReplyWriter reply, String name, long value) {
    reply.bulkString(name);
    reply.integer(value);
  }

  private static void doctor(Invocation in) {
    MemoryUse memory = in.server().memory();
    String text =
        memory.heap() * 100 > memory.heapMax() * HEAP_PERCENT_HIGH
            ? "The heap is more than "
                + HEAP_PERCENT_HIGH
                + " % full: "
                + InfoText.human(memory.heap())
                + " of "
                + InfoText.human(memory.heapMax())
                + ". Many clients with large buffers or transactions can do that; see CLIENT LIST.\n"
            : "Nothing is odd about the use of memory.\n";
    in.reply().verbatim("txt", text);
  }
}
