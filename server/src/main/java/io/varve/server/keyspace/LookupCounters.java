package io.varve.server.keyspace;

/// How many lookups for reading found their key: one of these for each thread that executes, which
/// alone writes it; others may read it, a little late.
final class LookupCounters {

  private volatile long hits;
  private volatile long misses;

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void count(boolean found) {
    if (found) {
      hits++;
    } else {
      misses++;
    }
  }

  long hits() {
    return hits;
  }

  long misses() {
    return misses;
  }
}
