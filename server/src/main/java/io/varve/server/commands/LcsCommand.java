package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.ValueType;
import io.varve.server.types.CommonSubsequence;
import io.varve.server.types.Strings;
import java.util.List;

/// LCS: the longest common subsequence of two strings. Stateless.
final class LcsCommand {

  private LcsCommand() {}

  static void execute(Invocation in) {
    Arguments args = in.args();
    Slice a = string(in, 1);
    Slice b = string(in, 2);
    boolean wantsLength = false;
    boolean wantsIndexes = false;
    boolean withMatchLength = false;
    long minMatchLength = 0;
    for (int i = 3; i < args.count(); i++) {
      if (args.is(i, "IDX")) {
        wantsIndexes = true;
      } else if (args.is(i, "LEN")) {
        wantsLength = true;
      } else if (args.is(i, "WITHMATCHLEN")) {
        withMatchLength = true;
      } else if (args.is(i, "MINMATCHLEN") && i + 1 < args.count()) {
        minMatchLength = Math.max(0, args.longAt(++i));
      } else {
        throw Errors.syntax();
      }
    }
    if (wantsIndexes && wantsLength) {
      throw new CommandException(
          "ERR If you want both the length and indexes, please just use IDX.");
    }
    CommonSubsequence common = new CommonSubsequence(a, b);
    if (wantsIndexes) {
      replyIndexes(in.reply(), common, minMatchLength, withMatchLength);
    } else if (wantsLength) {
      in.reply().integer(common.length());
    } else {
      in.reply().bulk(common.bytes());
    }
  }

  private static Slice string(Invocation in, int argument) {
    KeyEntry entry = new KeyEntry();
    if (!in.db().find(in.args().get(argument), entry)) {
      return new Slice();
    }
    if (entry.type() != ValueType.STRING) {
      throw new CommandException("ERR The specified keys must contain string values");
    }
    return Strings.bytes(in.db(), entry);
  }

  private static void replyIndexes(
      ReplyWriter reply, CommonSubsequence common, long minMatchLength, boolean withMatchLength) {
    List<CommonSubsequence.Range> ranges = common.ranges(minMatchLength);
    reply.map(2);
    reply.bulkString("matches");
    reply.array(ranges.size());
    for (CommonSubsequence.Range range : ranges) {
      reply.array(withMatchLength ? 3 : 2);
      reply.array(2);
      reply.integer(range.aStart());
      reply.integer(range.aEnd());
      reply.array(2);
      reply.integer(range.bStart());
      reply.integer(range.bEnd());
      if (withMatchLength) {
        reply.integer(range.length());
      }
    }
    reply.bulkString("len");
    reply.integer(common.length());
  }
}
