package io.varve.server.net;

import io.netty.channel.EventLoop;
import io.varve.server.loop.Outbox;
import io.varve.server.loop.ReplyGroup;
import io.varve.server.loop.Submission;
import java.util.List;

/// Brings released replies to the sockets of one event loop: one wake-up per group.
final class EventLoopOutbox implements Outbox {

  private final EventLoop eventLoop;
  private final int index;

  EventLoopOutbox(EventLoop eventLoop, int index) {
    this.eventLoop = eventLoop;
    this.index = index;
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public void release(ReplyGroup group) {
    eventLoop.execute(() -> write(group));
  }

  private void write(ReplyGroup group) {
    List<Submission> submissions = group.submissions();
    for (int i = 0; i < submissions.size(); i++) {
      Submission submission = submissions.get(i);
      if (submission.connection() instanceof SocketConnection connection
          && connection.outbox() == this) {
        connection.answered(submission);
      }
    }
  }
}
