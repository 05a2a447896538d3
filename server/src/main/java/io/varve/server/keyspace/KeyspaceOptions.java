package io.varve.server.keyspace;

/// What can be set about the keyspace.
///
/// @param databases number of logical databases, `databases` in the configuration; at least 1
/// @param cursorsMax SCAN cursors remembered; the least recently used is forgotten first
/// @param unresolvedMax blind writes whose effect on DBSIZE may be open at a time; beyond it the
///     database is counted anew in the background
/// @param expiredPerRound keys that one round of active expiry deletes at most
public record KeyspaceOptions(
    int databases, int cursorsMax, int unresolvedMax, int expiredPerRound) {

  public static final KeyspaceOptions DEFAULTS = new KeyspaceOptions(16, 16 << 10, 64 << 10, 1024);

  public KeyspaceOptions {
    if (databases < 1 || cursorsMax < 1 || unresolvedMax < 1 || expiredPerRound < 1) {
      throw new IllegalArgumentException("options must be positive");
    }
  }

  public KeyspaceOptions withDatabases(int count) {
    return new KeyspaceOptions(count, cursorsMax, unresolvedMax, expiredPerRound);
  }
}
