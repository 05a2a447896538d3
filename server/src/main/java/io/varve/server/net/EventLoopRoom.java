package io.varve.server.net;

import io.netty.channel.EventLoop;
import io.varve.server.loop.CommandLoop;
import io.varve.server.loop.EventLoopReads;
import io.varve.server.loop.Submission;

/// What the connections of one event loop share, and where they take what they have read.
///
/// Where there is but one event loop it runs submissions itself if nobody else is running any: the
/// hand-over to the command loop's thread and back costs more than the commands. All that comes in one
/// turn of the event loop is one round, which ends when its sockets have been read. With several event
/// loops each would keep the others waiting for the length of its turn, so there the command loop's thread
/// does it all.
final class EventLoopRoom {

  private final EventLoop eventLoop;
  private final EventLoopOutbox outbox;
  private final EventLoopReads reads;
  private final CommandLoop commands;
  private final boolean alone;
  private final Runnable endOfRound = this::endRound;
  private boolean inRound;

  /// @param reads answers reads from memory on this event loop's thread
  /// @param alone whether there is no other event loop
  EventLoopRoom(
      EventLoop eventLoop, int index, EventLoopReads reads, CommandLoop commands, boolean alone) {
    this.eventLoop = eventLoop;
    this.outbox = new EventLoopOutbox(eventLoop, index);
    this.reads = reads;
    this.commands = commands;
    this.alone = alone;
  }

  EventLoopOutbox outbox() {
    return outbox;
  }

  EventLoopReads reads() {
    return reads;
  }

  /// Has a submission run. On the event loop.
  void run(Submission submission) {
    if (!alone || !commands.runHere(submission)) {
      commands.submit(submission);
    } else if (!inRound) {
      inRound = true;
      // Runs when the sockets of this turn have been read.
      eventLoop.execute(endOfRound);
    }
  }

  private void endRound() {
    inRound = false;
    commands.endRunHere();
  }
}
