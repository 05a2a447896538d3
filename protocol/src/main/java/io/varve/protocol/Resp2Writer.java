package io.varve.protocol;

/// RESP2: what has no type of its own is rendered by an older one, as Redis does.
///
/// A map is a flat array, a set or push an array, a boolean 1 or 0, a double or big number a bulk.
public final class Resp2Writer extends ReplyWriter {

  private static final byte[] NULL_BULK = ascii("$-1\r\n");
  private static final byte[] NULL_ARRAY = ascii("*-1\r\n");

  @Override
  public int version() {
    return 2;
  }

  @Override
  public void nullBulk() {
    raw(NULL_BULK);
  }

  @Override
  public void nullArray() {
    raw(NULL_ARRAY);
  }

  @Override
  public void map(int pairs) {
    array(Math.multiplyExact(pairs, 2));
  }

  @Override
  public void set(int size) {
    array(size);
  }

  @Override
  public void push(int size) {
    array(size);
  }

  @Override
  public void bool(boolean value) {
    integer(value ? 1 : 0);
  }

  @Override
  public void doubleValue(double value) {
    bulk(DoubleText.bytes(value));
  }

  @Override
  public void verbatim(String format, String text) {
    bulkString(text);
  }

  @Override
  public void bigNumber(String digits) {
    bulkString(digits);
  }
}
