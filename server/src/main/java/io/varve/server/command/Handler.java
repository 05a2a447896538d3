package io.varve.server.command;

/// What a command does.
///
/// Runs on the command loop, or, if the command only reads, on any thread that holds a read view.
/// It may be run and thrown away and run again: when a block that it needs is not in memory, its
/// reply and its writes are undone, the block is fetched, and it starts anew. So a handler changes
/// nothing outside the invocation before it has read all it needs.
@FunctionalInterface
public interface Handler {

  /// @throws CommandException if the client made a mistake
  void execute(Invocation in);
}
