package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import java.util.ArrayList;
import java.util.List;

/// What one step of HSCAN, SSCAN or ZSCAN has found. How much it is shows at the end only, and the reply
/// begins with it.
final class ScannedElements {

  private final List<byte[]> elements = new ArrayList<>();

  /// Adds a copy.
  void add(Slice element) {
    elements.add(element.toByteArray());
  }

  /// @param cursor to go on with, 0 at the end
  void reply(ReplyWriter reply, long cursor) {
    ScanOptions.replyCursor(reply, cursor);
    reply.array(elements.size());
    for (byte[] element : elements) {
      reply.bulk(element);
    }
  }
}
