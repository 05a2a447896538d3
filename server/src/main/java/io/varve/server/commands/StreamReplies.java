package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.CommandException;
import io.varve.server.types.Stream;
import io.varve.server.types.StreamFields;
import io.varve.server.types.StreamId;
import io.varve.server.types.StreamRange;
import java.nio.charset.StandardCharsets;

/// Replies that the commands on streams share.
final class StreamReplies {

  private StreamReplies() {}

  static void id(ReplyWriter reply, StreamId id) {
    reply.bulk(id.toString().getBytes(StandardCharsets.US_ASCII));
  }

  static void bulk(ReplyWriter reply, Slice bytes) {
    reply.bulk(bytes.segment(), bytes.offset(), bytes.length());
  }

  /// An entry: its id, and an array of its fields and values.
  static void entry(ReplyWriter reply, StreamId id, StreamFields fields) {
    reply.array(2);
    id(reply, id);
    reply.array(fields.words());
    Slice word = new Slice();
    for (int i = 0; i < fields.words(); i++) {
      bulk(reply, fields.next(word));
    }
  }

  /// An array of entries between two ids.
  ///
  /// @param count at most so many, 0 for all
  static void entries(
      ReplyWriter reply, Stream stream, StreamId from, StreamId to, long count, boolean downwards) {
    int mark = reply.mark();
    int size = 0;
    try (StreamRange range = stream.range(from, to, downwards)) {
      while ((count == 0 || size < count) && range.next()) {
        entry(reply, range.id(), range.fields());
        size++;
      }
    }
    reply.arraySince(mark, size);
  }

  /// The first or the last entry, or null.
  static void edge(ReplyWriter reply, Stream stream, boolean last) {
    try (StreamRange range = stream.range(StreamId.MIN, StreamId.MAX, last)) {
      if (range.next()) {
        entry(reply, range.id(), range.fields());
      } else {
        reply.nullBulk();
      }
    }
  }

  static CommandException noGroup(Slice key, Slice group) {
    return new CommandException(
        "NOGROUP No such key '" + key.toUtf8() + "' or consumer group '" + group.toUtf8() + "'");
  }

  static CommandException noGroupOfKey(Slice key, Slice group) {
    return new CommandException(
        "NOGROUP No such consumer group '"
            + group.toUtf8()
            + "' for key name '"
            + key.toUtf8()
            + "'");
  }

  /// @param container in upper case
  /// @param subcommand as the client wrote it
  static CommandException unknownSubcommand(String container, String subcommand) {
    String shown = subcommand.length() > 128 ? subcommand.substring(0, 128) : subcommand;
    return new CommandException(
        "ERR unknown subcommand or wrong number of arguments for '"
            + shown
            + "'. Try "
            + container
            + " HELP.");
  }
}
