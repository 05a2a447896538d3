package io.varve.server.loop;

/// Where released replies go: one for each event loop.
public interface Outbox {

  /// 0 to 63, one of its own for each outbox.
  int index();

  /// Takes over, in order, those entries of the group whose connection has this outbox. Called
  /// by the command loop or by the log's thread; must not wait.
  void release(ReplyGroup group);
}
