package io.varve.protocol;

import java.nio.charset.StandardCharsets;

/// RESP3: one null, and maps, sets, pushes, booleans, doubles, verbatim strings, big numbers.
public final class Resp3Writer extends ReplyWriter {

  private static final byte[] NULL = ascii("_\r\n");
  private static final byte[] TRUE = ascii("#t\r\n");
  private static final byte[] FALSE = ascii("#f\r\n");
  private static final byte[] CRLF = ascii("\r\n");
  private static final byte[] DOUBLE = ascii(",");
  private static final byte[] BIG_NUMBER = ascii("(");

  @Override
  public int version() {
    return 3;
  }

  @Override
  public void nullBulk() {
    raw(NULL);
  }

  @Override
  public void nullArray() {
    raw(NULL);
  }

  @Override
  public void map(int pairs) {
    numberLine((byte) '%', pairs);
  }

  @Override
  public void set(int size) {
    numberLine((byte) '~', size);
  }

  @Override
  public void push(int size) {
    numberLine((byte) '>', size);
  }

  /// Something beside a reply, which comes behind it.
  ///
  /// @param pairs number of pairs that follow; RESP2 has nothing like it
  public void attribute(int pairs) {
    numberLine((byte) '|', pairs);
  }

  @Override
  public void bool(boolean value) {
    raw(value ? TRUE : FALSE);
  }

  @Override
  public void doubleValue(double value) {
    raw(DOUBLE);
    raw(DoubleText.bytes(value));
    raw(CRLF);
  }

  @Override
  public void verbatim(String format, String text) {
    if (format.length() != 3) {
      throw new IllegalArgumentException("a verbatim format has three letters: " + format);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    numberLine((byte) '=', bytes.length + 4L);
    raw(ascii(format + ":"));
    raw(bytes);
    raw(CRLF);
  }

  @Override
  public void bigNumber(String digits) {
    raw(BIG_NUMBER);
    raw(ascii(digits));
    raw(CRLF);
  }
}
