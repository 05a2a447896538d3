package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.types.ListValue;
import io.varve.server.types.ListWalk;
import io.varve.server.types.Lists;
import java.util.Arrays;

/// LPOS, and looking for the elements of a list that equal a value.
final class ListSearch {

  private ListSearch() {}

  /// What LPOS is asked for.
  ///
  /// @param rank which match is the first that counts, from 1; negative from the right end
  /// @param count how many indexes, 0 for all, -1 for one that is not in an array
  /// @param most how many elements are looked at, 0 for all
  private record Options(long rank, long count, long most) {

    private static Options of(Arguments args) {
      long rank = 1;
      long count = -1;
      long most = 0;
      for (int i = 3; i < args.count(); i += 2) {
        boolean hasValue = i + 1 < args.count();
        if (hasValue && args.is(i, "RANK")) {
          rank = args.longAt(i + 1, -Long.MAX_VALUE, Long.MAX_VALUE);
          if (rank == 0) {
            throw new CommandException(
                "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ..."
                    + " or use negative to start from the end of the list");
          }
        } else if (hasValue && args.is(i, "COUNT")) {
          count = ListCommands.atLeast(0, args, i + 1, "ERR COUNT can't be negative");
        } else if (hasValue && args.is(i, "MAXLEN")) {
          most = ListCommands.atLeast(0, args, i + 1, "ERR MAXLEN can't be negative");
        } else {
          throw Errors.syntax();
        }
      }
      return new Options(rank, count, most);
    }
  }

  static void execute(Invocation in) {
    Options options = Options.of(in.args());
    ReplyWriter reply = in.reply();
    ListValue list = Lists.find(in.db(), in.args().get(1));
    long[] found = list == null ? new long[0] : find(list, in.args().get(2), options);
    if (options.count >= 0) {
      reply.array(found.length);
      for (long index : found) {
        reply.integer(index);
      }
    } else if (found.length > 0) {
      reply.integer(found[0]);
    } else {
      reply.nullBulk();
    }
  }

  private static long[] find(ListValue list, Slice value, Options options) {
    boolean forward = options.rank > 0;
    long skipped = Math.abs(options.rank) - 1;
    long wanted = options.count == 0 ? Long.MAX_VALUE : Math.max(1, options.count);
    long most = options.most == 0 ? Long.MAX_VALUE : options.most;
    return indexesOf(list, value, forward, skipped, wanted, most);
  }

  /// Indexes of elements that equal a value, in the order in which they are met.
  ///
  /// @param wanted how many at most
  static long[] indexesOf(ListValue list, Slice value, boolean forward, long wanted) {
    return indexesOf(list, value, forward, 0, wanted, Long.MAX_VALUE);
  }

  private static long[] indexesOf(
      ListValue list, Slice value, boolean forward, long skipped, long wanted, long most) {
    long[] found = new long[4];
    int count = 0;
    long toSkip = skipped;
    long at = forward ? 0 : list.length() - 1;
    try (ListWalk walk = list.walk(at, Math.min(most, list.length()), forward)) {
      for (; count < wanted && walk.next(); at += forward ? 1 : -1) {
        if (!walk.element().contentEquals(value)) {
          continue;
        }
        if (toSkip > 0) {
          toSkip--;
          continue;
        }
        if (count == found.length) {
          found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = at;
      }
    }
    return Arrays.copyOf(found, count);
  }
}
