package io.varve.server.command;

/// What became of a request.
public enum Outcome {
  /// It ran; its reply is written.
  DONE,
  /// It was refused or failed: its writes are undone and the reply is an error.
  FAILED,
  /// It waits for EXEC; the reply says so.
  QUEUED,
  /// It cannot be answered yet: see [KeyWait]. What it has written stays; it is to be dispatched again.
  WAITING,
  /// Nothing happened, for clients are paused: it is to be dispatched again when the pause ends.
  PAUSED
}
