package io.varve.server.pubsub;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.varve.protocol.ReplyWriter;
import org.jspecify.annotations.Nullable;

/// Something to tell clients unasked: encoded once for each version of the protocol, however many get
/// it. Command loop only.
public final class PushMessage {

  private static final int BYTES_FIRST = 128;

  /// What a message says, in the words of RESP3.
  @FunctionalInterface
  public interface Text {
    void write(ReplyWriter out);
  }

  private final Text text;
  private byte @Nullable [] resp2;
  private byte @Nullable [] resp3;

  public PushMessage(Text text) {
    this.text = text;
  }

  /// A message of bulks: `message`, a channel, what was published.
  public static PushMessage of(String kind, byte[]... parts) {
    return new PushMessage(
        out -> {
          out.push(1 + parts.length);
          out.bulkString(kind);
          for (byte[] part : parts) {
            out.bulk(part);
          }
        });
  }

  /// The bytes for clients of this version; not to be changed.
  ///
  /// @param version 2 or 3
  public byte[] encoded(int version) {
    if (version == 2) {
      byte[] known = resp2;
      if (known == null) {
        known = encode(version);
        resp2 = known;
      }
      return known;
    }
    byte[] known = resp3;
    if (known == null) {
      known = encode(version);
      resp3 = known;
    }
    return known;
  }

  private byte[] encode(int version) {
    ByteBuf buffer = Unpooled.buffer(BYTES_FIRST);
    ReplyWriter writer = ReplyWriter.of(version);
    writer.target(buffer);
    text.write(writer);
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }
}
