package io.varve.bench.records;

import java.util.concurrent.atomic.AtomicLong;

/// Which numbers of records exist. Any thread.
///
/// A number is taken before its record is written and counts as known once a write was acknowledged. With
/// several writes on their way a number may be known a moment before its record is there: whoever reads
/// takes a missing record for a miss and not for a fault.
public final class Population {

  private final AtomicLong next;
  private final AtomicLong known;

  /// @param known records that exist: those with the numbers below
  public Population(long known) {
    this.next = new AtomicLong(known);
    this.known = new AtomicLong(known);
  }

  /// The number of a record that is about to be written.
  public long takeNext() {
    return next.getAndIncrement();
  }

  public void acknowledged() {
    known.incrementAndGet();
  }

  public long known() {
    return known.get();
  }
}
