package io.varve.bench.torture;

import java.util.ArrayList;
import java.util.List;

/// What came of all rounds of one fault. Thread-safe.
final class Tally {

  private static final int EXAMPLES_MAX = 10;

  private long rounds;
  private long acknowledged;
  private long refused;
  private long checked;
  private long lost;
  private long resurrected;
  private long wrong;
  private long hung;
  private final List<String> examples = new ArrayList<>();

  synchronized void round() {
    rounds++;
  }

  synchronized void acknowledged(long writes) {
    acknowledged += writes;
  }

  synchronized void refused(long writes) {
    refused += writes;
  }

  synchronized void checked(int keys) {
    checked += keys;
  }

  /// An acknowledged write is not there.
  synchronized void lost(String example) {
    lost++;
    example(example);
  }

  /// A deleted key is there again.
  synchronized void resurrected(String example) {
    resurrected++;
    example(example);
  }

  /// A value, a reply or an order that nothing explains.
  synchronized void wrong(String example) {
    wrong++;
    example(example);
  }

  /// No start, no reply or no recovery in time.
  synchronized void hung(String example) {
    hung++;
    example(example);
  }

  synchronized boolean isClean() {
    return lost + resurrected + wrong + hung == 0;
  }

  synchronized long acknowledged() {
    return acknowledged;
  }

  synchronized long refused() {
    return refused;
  }

  /// One line of counts, and a line more for each example of what went wrong.
  @Override
  public synchronized String toString() {
    StringBuilder text = new StringBuilder();
    text.append(rounds).append(" rounds, ").append(acknowledged).append(" writes acknowledged, ");
    text.append(refused).append(" refused, ").append(checked).append(" keys checked, lost ");
    text.append(lost).append(", resurrected ").append(resurrected);
    text.append(", wrong ").append(wrong).append(", hung ").append(hung);
    examples.forEach(example -> text.append("\n  ").append(example));
    return text.toString();
  }

  private void example(String text) {
    if (examples.size() < EXAMPLES_MAX) {
      examples.add("round " + rounds + ": " + text);
    }
  }
}
