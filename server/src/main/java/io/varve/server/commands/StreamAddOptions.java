package io.varve.server.commands;

import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.types.Stream;
import io.varve.server.types.StreamId;
import io.varve.server.types.StreamTrim;
import org.jspecify.annotations.Nullable;

/// The options of XADD and XTRIM, and the id of XADD.
///
/// `[NOMKSTREAM] [MAXLEN | MINID [= | ~] threshold [LIMIT count]] * | id`
final class StreamAddOptions {

  /// Most steps that approximate trimming takes at once unless LIMIT says otherwise, and the most
  /// entries of these.
  private static final long STEPS_MAX = 100;

  private static final long LIMIT_DEFAULT_MAX = 1_000_000;

  private boolean onlyIfPresent;
  private boolean trims;
  private boolean approximate;
  private long maxLength;
  private @Nullable StreamId minId;
  private boolean limited;
  private long limit;
  private @Nullable StreamId id;
  private boolean sequenceGiven = true;
  private int end;

  private StreamAddOptions() {}

  /// @throws CommandException in Redis' words
  static StreamAddOptions ofAdd(Arguments args) {
    StreamAddOptions options = new StreamAddOptions();
    int at = 2;
    while (at < args.count() && !args.is(at, "*")) {
      int next = options.readTrim(args, at);
      if (next > at) {
        at = next;
      } else if (args.is(at, "NOMKSTREAM")) {
        options.onlyIfPresent = true;
        at++;
      } else {
        options.readId(args, at);
        break;
      }
    }
    options.end = at + 1;
    options.settle();
    return options;
  }

  /// @throws CommandException in Redis' words
  static StreamAddOptions ofTrim(Arguments args) {
    StreamAddOptions options = new StreamAddOptions();
    int at = 2;
    while (at < args.count()) {
      int next = options.readTrim(args, at);
      if (next == at) {
        throw Errors.syntax();
      }
      at = next;
    }
    if (!options.trims && options.limit == 0) {
      throw new CommandException("ERR syntax error, XTRIM must be called with a trimming strategy");
    }
    options.settle();
    return options;
  }

  /// Index of the first argument behind the options and the id.
  int end() {
    return end;
  }

  /// Whether nothing happens where there is no stream.
  boolean onlyIfPresent() {
    return onlyIfPresent;
  }

  /// What to remove, or null.
  ///
  /// @param step entries in a step of approximate trimming
  @Nullable StreamTrim trim(long step) {
    if (!trims) {
      return null;
    }
    if (!approximate) {
      return new StreamTrim(maxLength, minId, 1, 0);
    }
    long most = limited ? limit : Math.min(STEPS_MAX * step, LIMIT_DEFAULT_MAX);
    return new StreamTrim(maxLength, minId, step, most);
  }

  /// Whether the id is one that no entry can have.
  boolean isZeroId() {
    return id != null && sequenceGiven && id.isZero();
  }

  /// The id of the new entry, or null if it would not be greater than the last one.
  @Nullable StreamId idFor(Stream stream, long nowMillis) {
    StreamId last = stream.lastId();
    StreamId wanted = id;
    if (wanted == null) {
      StreamId now = new StreamId(nowMillis, 0);
      return now.millis() != last.millis() && now.compareTo(last) > 0 ? now : last.next();
    }
    if (!sequenceGiven && wanted.millis() == last.millis()) {
      return last.sequence() == -1 ? null : last.next();
    }
    return wanted.compareTo(last) > 0 ? wanted : null;
  }

  /// Reads an option of trimming and returns the index behind it, or the same if there is none.
  private int readTrim(Arguments args, int at) {
    int more = args.count() - 1 - at;
    if (more > 0 && args.is(at, "LIMIT")) {
      limit = args.longAt(at + 1);
      if (limit < 0) {
        throw new CommandException("ERR The LIMIT argument must be >= 0.");
      }
      limited = true;
      return at + 2;
    }
    boolean byLength = args.is(at, "MAXLEN");
    if (more == 0 || !(byLength || args.is(at, "MINID"))) {
      return at;
    }
    if (trims) {
      throw new CommandException(
          "ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
    }
    int value = at + 1;
    approximate = more >= 2 && args.is(value, "~");
    if (approximate || (more >= 2 && args.is(value, "="))) {
      value++;
    }
    if (byLength) {
      maxLength = args.longAt(value);
      if (maxLength < 0) {
        throw new CommandException("ERR The MAXLEN argument must be >= 0.");
      }
    } else {
      minId = StreamIds.exact(args, value);
    }
    trims = true;
    return value + 1;
  }

  private void readId(Arguments args, int at) {
    Long millis = StreamIds.findMillisOfPartial(args, at);
    if (millis == null) {
      id = StreamIds.exact(args, at);
    } else {
      id = new StreamId(millis, 0);
      sequenceGiven = false;
    }
  }

  private void settle() {
    if (limit != 0 && !trims) {
      throw new CommandException(
          "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
    }
    if (limited && !approximate) {
      throw new CommandException(
          "ERR syntax error, LIMIT cannot be used without the special ~ option");
    }
  }
}
