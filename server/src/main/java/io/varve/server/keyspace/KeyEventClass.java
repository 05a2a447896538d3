package io.varve.server.keyspace;

/// Classes of keyspace events: what `notify-keyspace-events` selects by a letter each.
public enum KeyEventClass {
  GENERIC('g'),
  STRING('$'),
  LIST('l'),
  SET('s'),
  HASH('h'),
  SORTED_SET('z'),
  STREAM('t'),
  EXPIRED('x'),
  EVICTED('e'),
  MODULE('d'),
  KEY_MISS('m'),
  NEW('n');

  private final char letter;

  KeyEventClass(char letter) {
    this.letter = letter;
  }

  /// The letter that the directive knows it by.
  public char letter() {
    return letter;
  }

  /// A bit of its own in a set of classes.
  public int bit() {
    return 1 << ordinal();
  }
}
