package io.varve.server.commands;

import io.varve.server.command.Arguments;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.keyspace.KeyEntry;

/// The options of SET and GETEX, as far as they are the same.
///
/// `NX | XX`, `GET`, and one of `KEEPTTL`, `PERSIST`, `EX`, `PX`, `EXAT`, `PXAT`.
final class StringOptions {

  private enum Expiry {
    NONE,
    KEEP,
    PERSIST,
    EX,
    PX,
    EXAT,
    PXAT
  }

  private boolean onlyIfMissing;
  private boolean onlyIfPresent;
  private boolean returnsOld;
  private Expiry expiry = Expiry.NONE;
  private int expiryArgument;

  private StringOptions() {}

  /// @throws io.varve.server.command.CommandException "syntax error"
  static StringOptions ofSet(Arguments args) {
    StringOptions options = new StringOptions();
    for (int i = 3; i < args.count(); i++) {
      if (args.is(i, "NX") && !options.onlyIfPresent) {
        options.onlyIfMissing = true;
      } else if (args.is(i, "XX") && !options.onlyIfMissing) {
        options.onlyIfPresent = true;
      } else if (args.is(i, "GET")) {
        options.returnsOld = true;
      } else if (args.is(i, "KEEPTTL")) {
        options.choose(Expiry.KEEP);
      } else {
        options.chooseTime(args, i++);
      }
    }
    return options;
  }

  /// @throws io.varve.server.command.CommandException "syntax error"
  static StringOptions ofGetEx(Arguments args) {
    StringOptions options = new StringOptions();
    for (int i = 2; i < args.count(); i++) {
      if (args.is(i, "PERSIST")) {
        options.choose(Expiry.PERSIST);
      } else {
        options.chooseTime(args, i++);
      }
    }
    return options;
  }

  boolean onlyIfMissing() {
    return onlyIfMissing;
  }

  boolean onlyIfPresent() {
    return onlyIfPresent;
  }

  /// Whether the reply is what the key held.
  boolean returnsOld() {
    return returnsOld;
  }

  boolean keepsExpiry() {
    return expiry == Expiry.KEEP;
  }

  boolean isPersist() {
    return expiry == Expiry.PERSIST;
  }

  /// Whether nothing needs to be known of what the key held.
  boolean isUnconditional() {
    return !onlyIfMissing && !onlyIfPresent && !returnsOld && expiry != Expiry.KEEP;
  }

  /// Milliseconds since the epoch, or [KeyEntry#NO_EXPIRY].
  ///
  /// @throws io.varve.server.command.CommandException if the time is no number or out of range
  long expiryMillis(Invocation in) {
    return switch (expiry) {
      case NONE, KEEP, PERSIST -> KeyEntry.NO_EXPIRY;
      case EX -> ExpireTimes.after(in, expiryArgument, true);
      case PX -> ExpireTimes.after(in, expiryArgument, false);
      case EXAT -> ExpireTimes.at(in, expiryArgument, true);
      case PXAT -> ExpireTimes.at(in, expiryArgument, false);
    };
  }

  private void chooseTime(Arguments args, int option) {
    if (option + 1 >= args.count()) {
      throw Errors.syntax();
    }
    if (args.is(option, "EX")) {
      choose(Expiry.EX);
    } else if (args.is(option, "PX")) {
      choose(Expiry.PX);
    } else if (args.is(option, "EXAT")) {
      choose(Expiry.EXAT);
    } else if (args.is(option, "PXAT")) {
      choose(Expiry.PXAT);
    } else {
      throw Errors.syntax();
    }
    expiryArgument = option + 1;
  }

  private void choose(Expiry chosen) {
    if (expiry != Expiry.NONE && expiry != chosen) {
      throw Errors.syntax();
    }
    expiry = chosen;
  }
}
