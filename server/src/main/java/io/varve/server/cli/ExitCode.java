package io.varve.server.cli;

/// What the process returns to its caller.
final class ExitCode {

  static final int OK = 0;

  /// Damage was found, or something did not work.
  static final int FAILURE = 1;

  /// The arguments or the configuration are wrong.
  static final int USAGE = 2;

  private ExitCode() {}
}
