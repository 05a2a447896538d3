package io.varve.server.loop;

import io.varve.engine.error.EngineException;
import io.varve.protocol.ReplyTooLongException;
import io.varve.server.session.ReplyMode;
import io.varve.server.session.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a client hears when not the command but the disk, or the peer, is at fault.
final class FailureReplies {

  private static final Logger LOG = LoggerFactory.getLogger(FailureReplies.class);

  private final LoopCounters counters;

  FailureReplies(LoopCounters counters) {
    this.counters = counters;
  }

  /// The disk failed one command: an error and never a wrong answer; the connection goes on.
  void diskFailed(Session session, EngineException failure) {
    counters.countFailure();
    LOG.warn("a command failed: {}", failure.getMessage());
    if (session.replyMode() == ReplyMode.ON) {
      error(session, "ERR " + failure.getMessage());
    }
  }

  static void error(Session session, String error) {
    try {
      session.reply().error(error);
    } catch (ReplyTooLongException full) {
      session.killAtOutputLimit();
    }
  }
}
