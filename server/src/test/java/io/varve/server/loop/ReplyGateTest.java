package io.varve.server.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.varve.protocol.RequestBatch;
import io.varve.server.session.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Replies leave when what they tell of is durable, in order, and never stay behind.
class ReplyGateTest {

  private final List<Long> released = new ArrayList<>();
  private final ReplyGate gate = new ReplyGate();

  private final Outbox outbox =
      new Outbox() {
        @Override
        public int index() {
          return 0;
        }

        @Override
        public void release(ReplyGroup group) {
          released.add(group.sequence());
        }
      };

  private ReplyGroup group(long sequence) {
    ReplyGroup group = new ReplyGroup();
    RequestBatch ping = RequestBatch.of("PING".getBytes(StandardCharsets.UTF_8));
    group.add(new Submission(new Client(), ping, 0, Unpooled.buffer()));
    group.seal(sequence);
    return group;
  }

  @Test
  void groupsLeaveInOrderWhenTheyAreDurable() {
    gate.add(group(5), () -> 0);
    gate.add(group(9), () -> 0);
    gate.release(7);
    assertEquals(List.of(5L), released);
    gate.release(9);
    assertEquals(List.of(5L, 9L), released);
    assertTrue(gate.isEmpty());
  }

  @Test
  void aGroupThatBecameDurableJustBeforeItCameIsNotHeldForEver() {
    // The log's thread reports 5 as durable while the loop is about to add the group.
    gate.add(
        group(5),
        () -> {
          gate.release(5);
          return 0;
        });
    assertEquals(List.of(5L), released);
  }

  @Test
  void aFailedLogClosesThoseWhoWaitAndLetsReadsGoOn() {
    Client waiting = new Client();
    ReplyGroup held = new ReplyGroup();
    RequestBatch ping = RequestBatch.of("PING".getBytes(StandardCharsets.UTF_8));
    held.add(new Submission(waiting, ping, 0, Unpooled.buffer()));
    held.seal(8);
    gate.add(held, () -> 7);
    gate.fail();
    assertTrue(waiting.closed);
    gate.add(group(7), () -> 7);
    assertEquals(List.of(8L, 7L), released);
  }

  private final class Client extends ClientConnection {
    private boolean closed;

    @Override
    public Session session() {
      throw new IllegalStateException("not asked for here");
    }

    @Override
    public Outbox outbox() {
      return outbox;
    }

    @Override
    public void closeAfterReplies() {
      closed = true;
    }
  }
}
