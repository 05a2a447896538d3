package io.varve.server.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.varve.protocol.RequestBatch;
import io.varve.server.session.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The gate lets replies go when what they tell of is durable, and never before.
class ReplyGateTest {

  private final ReplyGate gate = new ReplyGate();
  private final RecordingOutbox outbox = new RecordingOutbox();

  private static final class RecordingOutbox implements Outbox {
    private final List<Outgoing> released = new ArrayList<>();

    @Override
    public int index() {
      return 3;
    }

    @Override
    public void release(ReplyGroup group) {
      released.addAll(group.entries());
    }
  }

  private final class Client extends ClientConnection {
    private boolean closed;

    @Override
    public Session session() {
      throw new AssertionError("the gate does not look at sessions");
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

  private final Client writer = new Client();
  private final Client reader = new Client();

  private static Submission submission(Client client, long seen) {
    ByteBuf replies = Unpooled.copiedBuffer("+OK\r\n", StandardCharsets.US_ASCII);
    Submission submission =
        new Submission(
            client, RequestBatch.of("PING".getBytes(StandardCharsets.US_ASCII)), 1, replies);
    submission.saw(seen);
    return submission;
  }

  private static ReplyGroup group(Submission... submissions) {
    ReplyGroup group = new ReplyGroup();
    for (Submission submission : submissions) {
      group.add(submission);
    }
    return group;
  }

  @Test
  void holdsRepliesUntilTheirWritesAreDurable() {
    gate.add(group(submission(writer, 10)), () -> 9);
    assertEquals(List.of(), outbox.released);
    gate.release(10);
    assertEquals(1, outbox.released.size());
    assertTrue(gate.isEmpty());
  }

  @Test
  void aGroupThatBecameDurableJustBeforeItCameIsNotHeldForEver() {
    // The log's thread reports 5 as durable while the loop is about to add the group.
    gate.add(
        group(submission(writer, 5)),
        () -> {
          gate.release(5);
          return 0;
        });
    assertTrue(gate.isEmpty(), "nobody would come and release it");
    assertEquals(1, outbox.released.size());
  }

  @Test
  void answersNobodyWhoWasToHearOfAWriteThatTheFailedLogDoesNotHold() {
    gate.release(8);
    gate.fail();
    Submission lost = submission(writer, 10);
    Submission sound = submission(reader, 8);
    gate.add(group(lost, sound), () -> 8);
    assertEquals(List.of(lost, sound), outbox.released);
    assertTrue(writer.closed);
    assertFalse(lost.replies().isReadable());
    assertFalse(reader.closed);
    assertTrue(sound.replies().isReadable());
  }

  @Test
  void failingClosesWhoWaits() {
    Submission waits = submission(writer, 10);
    gate.add(group(waits), () -> 8);
    gate.fail();
    assertTrue(writer.closed);
    assertFalse(waits.replies().isReadable());
    assertTrue(gate.isEmpty());
  }
}
