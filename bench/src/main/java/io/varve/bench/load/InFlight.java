package io.varve.bench.load;

/// The requests of one connection that were sent and not answered, in order: a ring. One thread.
///
/// Bounded: who finds it full sends nothing, and what is due meanwhile waits in its [Schedule], which
/// needs no memory for it.
final class InFlight {

  /// An insert sends two requests, and an action that goes on is in here twice for a moment.
  private static final int SPARE = 2;

  private final int limit;
  private final Action[] actions;
  private final boolean[] last;
  private final long[] numbers;
  private final long[] due;
  private int head;
  private int size;

  /// @param limit of requests, from which on it is full
  InFlight(int limit) {
    this.limit = limit;
    int capacity = limit + SPARE;
    actions = new Action[capacity];
    last = new boolean[capacity];
    numbers = new long[capacity];
    due = new long[capacity];
  }

  boolean isFull() {
    return size >= limit;
  }

  int size() {
    return size;
  }

  /// @param action of which the request is a part
  /// @param isLast whether its reply ends the action
  /// @param number of the record
  /// @param dueNanos when the action was due
  void add(Action action, boolean isLast, long number, long dueNanos) {
    int at = (head + size) % actions.length;
    actions[at] = action;
    last[at] = isLast;
    numbers[at] = number;
    due[at] = dueNanos;
    size++;
  }

  /// Of the oldest.
  Action action() {
    return actions[head];
  }

  /// Of the oldest.
  boolean isLast() {
    return last[head];
  }

  /// Of the oldest.
  long number() {
    return numbers[head];
  }

  /// Of the oldest.
  long due() {
    return due[head];
  }

  void removeOldest() {
    head = (head + 1) % actions.length;
    size--;
  }
}
