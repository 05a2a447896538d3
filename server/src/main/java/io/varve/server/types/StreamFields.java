package io.varve.server.types;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;

/// Reads the fields and values of an entry, word by word. Reused from entry to entry; valid as long as
/// the bytes that it was opened on.
public final class StreamFields {

  private final ByteCursor cursor = new ByteCursor();
  private int words;

  void open(Slice value) {
    try {
      words = cursor.set(value).readVarintInt();
    } catch (ByteCursor.MalformedException malformed) {
      throw corrupt(malformed);
    }
  }

  /// Number of words: two per field.
  public int words() {
    return words;
  }

  /// The next word: a field, its value, the next field ...
  public Slice next(Slice into) {
    try {
      return cursor.readLengthPrefixed(into);
    } catch (ByteCursor.MalformedException malformed) {
      throw corrupt(malformed);
    }
  }

  private static CorruptionException corrupt(ByteCursor.MalformedException malformed) {
    return new CorruptionException(
        "keyspace", 0, "expected an entry of a stream, found one that " + malformed.getMessage());
  }
}
