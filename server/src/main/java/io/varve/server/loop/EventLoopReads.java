package io.varve.server.loop;

import io.netty.buffer.ByteBuf;
import io.varve.engine.Engine;
import io.varve.engine.ReadView;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.NotInMemoryException;
import io.varve.protocol.RequestBatch;
import io.varve.server.command.Outcome;
import io.varve.server.session.Session;

/// Answers reads on an event loop, without the hop to the command loop, as long as memory can.
///
/// For connections that have nothing under way in the command loop: all their writes are durable, so
/// reading at the durable sequence number shows them their own writes and nobody else's that might
/// still be lost. Belongs to one event loop's thread.
public final class EventLoopReads {

  private final Engine engine;
  private final CommandRunner runner;

  public EventLoopReads(Engine engine, CommandRunner runner) {
    this.engine = engine;
    this.runner = runner;
  }

  /// Answers requests from the first on, until one needs the command loop or the disk.
  ///
  /// @param replies takes the replies
  /// @return how many were answered
  public int answer(Session session, RequestBatch requests, ByteBuf replies) {
    int count = requests.count();
    if (!runner.isReadableAnywhere(session, requests, 0)) {
      return 0;
    }
    session.target(replies);
    runner.beginSeries();
    int done = 0;
    try (ReadView view = engine.acquireView()) {
      // After the view: see ReadView.
      long sequence = engine.durableSequence();
      int touched = count == 1 ? 1 : 0;
      do {
        if (done == touched) {
          touched = runner.touchAhead(session, requests, done, view);
        }
        Outcome outcome =
            runner.run(
                session, requests, done, view, sequence, CommandRunner.Mode.READ, true, null);
        if (outcome == Outcome.PAUSED) {
          break;
        }
        done++;
      } while (done < count
          && !session.isCloseAfterReply()
          && !session.isKilled()
          && runner.isReadableAnywhere(session, requests, done));
    } catch (NotInMemoryException | EngineException other) {
      // The command loop finds the same and has the means to deal with it.
      return done;
    }
    return done;
  }
}
