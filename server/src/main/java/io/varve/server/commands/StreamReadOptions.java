package io.varve.server.commands;

import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeyWait;
import io.varve.server.command.Timeouts;
import io.varve.server.keyspace.ValueType;
import org.jspecify.annotations.Nullable;

/// The options of XREAD and XREADGROUP.
///
/// `[GROUP group consumer] [COUNT count] [BLOCK millis] [NOACK] STREAMS key ... id ...`
final class StreamReadOptions {

  private final boolean ofGroup;
  private int groupArgument;
  private long count;
  private boolean waits;
  private long deadlineMillis = KeyWait.NO_DEADLINE;
  private boolean withoutPending;
  private int firstKey;
  private int streams;

  private StreamReadOptions(boolean ofGroup) {
    this.ofGroup = ofGroup;
  }

  /// @param ofGroup whether the command is XREADGROUP
  /// @throws CommandException in Redis' words
  static StreamReadOptions of(Invocation in, boolean ofGroup) {
    Arguments args = in.args();
    StreamReadOptions options = new StreamReadOptions(ofGroup);
    for (int i = 1; i < args.count() && options.firstKey == 0; ) {
      i = options.read(in, i, args.count() - i - 1);
    }
    if (options.firstKey == 0) {
      throw Errors.syntax();
    }
    if (ofGroup && options.groupArgument == 0) {
      throw new CommandException("ERR Missing GROUP option for XREADGROUP");
    }
    return options;
  }

  /// Index of the name of the group; the name of the consumer follows.
  int groupArgument() {
    return groupArgument;
  }

  /// Most entries of a stream, 0 for all.
  long count() {
    return count;
  }

  /// What to wait for where nothing is there; null if the command does not wait.
  ///
  /// @param in the command, which does not wait within another one
  @Nullable KeyWait findWait(Invocation in) {
    return waits && !in.isNested()
        ? KeyWait.forKeys(in, ValueType.STREAM, firstKey, streams, deadlineMillis)
        : null;
  }

  /// Whether entries count as acknowledged once they are delivered.
  boolean withoutPending() {
    return withoutPending;
  }

  /// Number of streams.
  int streams() {
    return streams;
  }

  int keyArgument(int stream) {
    return firstKey + stream;
  }

  int idArgument(int stream) {
    return firstKey + streams + stream;
  }

  /// Reads an option and returns the index behind it.
  ///
  /// @param more number of arguments behind its name
  private int read(Invocation in, int at, int more) {
    Arguments args = in.args();
    if (more > 0 && args.is(at, "BLOCK")) {
      if (in.isScripted()) {
        throw new CommandException(
            "ERR " + args.text(0) + " command is not allowed with BLOCK option from scripts");
      }
      waits = true;
      deadlineMillis = Timeouts.deadlineOfMillis(in, at + 1);
      return at + 2;
    }
    if (more > 0 && args.is(at, "COUNT")) {
      count = Math.max(0, args.longAt(at + 1));
      return at + 2;
    }
    if (more > 0 && args.is(at, "STREAMS")) {
      if (more % 2 != 0) {
        throw new CommandException(
            "ERR Unbalanced '"
                + in.command().fullName()
                + "' list of streams: for each stream key an ID or '"
                + (ofGroup ? '>' : '$')
                + "' must be specified.");
      }
      firstKey = at + 1;
      streams = more / 2;
      return args.count();
    }
    if (more > 1 && args.is(at, "GROUP")) {
      requireGroupCommand("GROUP");
      groupArgument = at + 1;
      return at + 3;
    }
    if (args.is(at, "NOACK")) {
      requireGroupCommand("NOACK");
      withoutPending = true;
      return at + 1;
    }
    throw Errors.syntax();
  }

  private void requireGroupCommand(String option) {
    if (!ofGroup) {
      throw new CommandException(
          "ERR The "
              + option
              + " option is only supported by XREADGROUP. You called XREAD instead.");
    }
  }
}
