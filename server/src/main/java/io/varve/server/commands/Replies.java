package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.CommandException;

/// Replies that several families give alike.
final class Replies {

  private Replies() {}

  static void bulk(ReplyWriter reply, Slice bytes) {
    reply.bulk(bytes.segment(), bytes.offset(), bytes.length());
  }

  /// The size of a reply of which the client chose the length.
  ///
  /// @param perElement replies for each
  /// @throws CommandException if no reply has so many elements
  static int size(long count, int perElement) {
    if (count > Integer.MAX_VALUE / perElement) {
      throw new CommandException("ERR value is out of range");
    }
    return (int) count * perElement;
  }
}
