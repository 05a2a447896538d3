package io.varve.server.net;

import io.netty.channel.EventLoop;
import io.varve.server.loop.Outbox;
import io.varve.server.loop.Outgoing;
import io.varve.server.loop.Push;
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
    List<Outgoing> entries = group.entries();
    boolean pushed = false;
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).connection() instanceof SocketConnection connection
          && connection.outbox() == this) {
        switch (entries.get(i)) {
          case Submission submission -> connection.answered(submission);
          case Push push -> {
            connection.pushed(push);
            pushed = true;
          }
        }
      }
    }
    if (pushed) {
      flushPushed(entries);
    }
  }

  /// One write to the socket for all that a client is told in one group.
  private void flushPushed(List<Outgoing> entries) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i) instanceof Push push
          && push.connection() instanceof SocketConnection connection
          && connection.outbox() == this) {
        connection.flushPushed();
      }
    }
  }
}
