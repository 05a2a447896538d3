package io.varve.engine.memtable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The order of a memtable's entries, worked out when somebody asks for it.
///
/// Point reads and writes never need it, so inserts do not pay for it. Who iterates sorts the
/// entries that came since the last time into a run and merges runs of similar size, like carries in
/// a binary counter: each run is more than twice the next, so there are at most log2(n) of them and
/// an entry is moved log2(n) times however often a scan and a write alternate. A flush, which asks
/// once at the end, finds one run.
///
/// Readers sort under a lock and publish runs that never change; the writer knows nothing of it. A
/// reader waits only for another one that is sorting entries it needs itself.
final class SortedSide {

  /// What is sorted, and up to where.
  private record Order(List<SortedRun> runs, EntryArena.Mark mark) {}

  private final EntryArena arena;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Order order = new Order(List.of(), EntryArena.Mark.START);

  SortedSide(EntryArena arena) {
    this.arena = arena;
  }

  /// Runs that together hold all entries published before the call, largest first.
  List<SortedRun> runs() {
    Order seen = order;
    if (arena.isAt(seen.mark)) {
      return seen.runs;
    }
    lock.lock();
    try {
      if (!arena.isAt(order.mark)) {
        order = extend(order);
      }
      return order.runs;
    } finally {
      lock.unlock();
    }
  }

  /// Bytes of heap that the order takes.
  long heapBytes() {
    long sum = 0;
    for (SortedRun run : order.runs) {
      sum += run.heapBytes();
    }
    return sum;
  }

  private Order extend(Order old) {
    int sorted = 0;
    for (SortedRun run : old.runs) {
      sorted += run.size();
    }
    AddressList fresh = new AddressList(arena.published() - sorted);
    EntryArena.Mark mark = arena.collect(old.mark, fresh);
    SortedRun run = RunSorter.sort(fresh.toArray());
    List<SortedRun> runs = new ArrayList<>(old.runs);
    while (!runs.isEmpty() && runs.getLast().size() <= 2L * run.size()) {
      run = SortedRun.merge(runs.removeLast(), run);
    }
    runs.add(run);
    return new Order(List.copyOf(runs), mark);
  }
}
