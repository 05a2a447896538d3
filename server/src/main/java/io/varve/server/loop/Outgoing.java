package io.varve.server.loop;

/// What leaves for a client through the [ReplyGate]: the replies to a [Submission], or a [Push].
public sealed interface Outgoing permits Submission, Push {

  ClientConnection connection();

  /// It tells of no write beyond this sequence number.
  long seen();

  /// Takes back all that it says: it tells of a write that will never be durable.
  void withdraw();
}
