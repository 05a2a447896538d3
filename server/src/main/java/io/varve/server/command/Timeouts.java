package io.varve.server.command;

/// How long blocking commands wait, as Redis reads it.
public final class Timeouts {

  private Timeouts() {}

  /// The end of a wait that an argument gives in seconds, with a fraction; 0 is no end.
  ///
  /// @return milliseconds since the epoch, or [KeyWait#NO_DEADLINE]
  public static long deadlineOfSeconds(Invocation in, int index) {
    double seconds =
        in.args()
            .doubleAt(index, new CommandException("ERR timeout is not a float or out of range"));
    double millis = Math.ceil(seconds * 1000);
    if (millis >= Long.MAX_VALUE) {
      throw outOfRange();
    }
    return deadline((long) millis, in);
  }

  /// The end of a wait that an argument gives in milliseconds; 0 is no end.
  ///
  /// @return milliseconds since the epoch, or [KeyWait#NO_DEADLINE]
  public static long deadlineOfMillis(Invocation in, int index) {
    return deadline(
        in.args()
            .longAt(index, new CommandException("ERR timeout is not an integer or out of range")),
        in);
  }

  private static long deadline(long millis, Invocation in) {
    if (millis < 0) {
      throw new CommandException("ERR timeout is negative");
    }
    if (millis == 0) {
      return KeyWait.NO_DEADLINE;
    }
    if (millis > Long.MAX_VALUE - in.nowMillis()) {
      throw outOfRange();
    }
    return in.nowMillis() + millis;
  }

  private static CommandException outOfRange() {
    return new CommandException("ERR timeout is out of range");
  }
}
