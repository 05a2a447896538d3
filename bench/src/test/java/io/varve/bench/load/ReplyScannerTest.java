package io.varve.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReplyScannerTest {

  private static final String[] REPLIES = {
    "+OK\r\n",
    "-ERR no\r\n",
    ":-12\r\n",
    "$0\r\n\r\n",
    "$5\r\nhello\r\n",
    "$4\r\n\r\n\r\n\r\n",
    "$-1\r\n",
    "_\r\n",
    "*-1\r\n",
    "*0\r\n",
    "*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
    "%1\r\n+key\r\n~2\r\n#t\r\n,1.5\r\n",
    ">1\r\n=7\r\ntxt:abc\r\n"
  };

  @Test
  void aReplyEndsWhereItEndsAndNoSooner() {
    for (String reply : REPLIES) {
      byte[] bytes = bytes("garbage" + reply + "+next\r\n");
      int from = "garbage".length();
      int end = from + reply.length();
      for (int to = from + 1; to < end; to++) {
        int found = ReplyScanner.end(bytes, from, to);
        assertEquals(ReplyScanner.INCOMPLETE, found, reply + " cut to " + (to - from));
      }
      for (int to = end; to <= bytes.length; to++) {
        // What lies behind the end of what has come must not be looked at.
        assertEquals(end, ReplyScanner.end(Arrays.copyOf(bytes, to), from, to), reply);
      }
    }
  }

  @Test
  void tellsErrorsAndNothingFromValues() {
    assertTrue(ReplyScanner.isError(bytes("-ERR\r\n"), 0));
    assertFalse(ReplyScanner.isError(bytes("$1\r\n-\r\n"), 0));
    assertTrue(ReplyScanner.isNull(bytes("$-1\r\n"), 0));
    assertTrue(ReplyScanner.isNull(bytes("_\r\n"), 0));
    assertFalse(ReplyScanner.isNull(bytes("$0\r\n\r\n"), 0));
    assertFalse(ReplyScanner.isNull(bytes(":-1\r\n"), 0));
  }

  @Test
  void whatIsNoReplyIsRefused() {
    assertThrows(ProtocolException.class, () -> ReplyScanner.end(bytes("hello\r\n"), 0, 7));
    assertThrows(ProtocolException.class, () -> ReplyScanner.end(bytes("$x\r\n"), 0, 4));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
