package io.varve.server.commands;

import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;

/// Turns the expiry arguments of SET, GETEX and their kin into points in time.
final class ExpireTimes {

  private ExpireTimes() {}

  /// The point in time that lies as far from now as an argument says.
  ///
  /// @return milliseconds since the epoch
  /// @throws io.varve.server.command.CommandException if it is no number, not positive or too large
  static long after(Invocation in, int argument, boolean inSeconds) {
    long millis = positiveMillis(in, argument, inSeconds);
    if (millis > Long.MAX_VALUE - in.nowMillis()) {
      throw Errors.invalidExpire(in.command().fullName());
    }
    return millis + in.nowMillis();
  }

  /// The point in time that an argument names.
  ///
  /// @return milliseconds since the epoch
  /// @throws io.varve.server.command.CommandException if it is no number, not positive or too large
  static long at(Invocation in, int argument, boolean inSeconds) {
    return positiveMillis(in, argument, inSeconds);
  }

  private static long positiveMillis(Invocation in, int argument, boolean inSeconds) {
    long value = in.args().longAt(argument);
    if (value <= 0 || (inSeconds && value > Long.MAX_VALUE / 1000)) {
      throw Errors.invalidExpire(in.command().fullName());
    }
    return inSeconds ? value * 1000 : value;
  }
}
