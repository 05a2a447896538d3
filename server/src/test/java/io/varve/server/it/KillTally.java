package io.varve.server.it;

import io.varve.server.it.KilledWrite.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What came of all kills: how much was checked, and what was wrong with which key.
final class KillTally {

  private static final int EXAMPLES_MAX = 10;

  private long keysChecked;
  private int lost;
  private int resurrected;
  private int wrong;
  private int torn;
  private final List<String> examples = new ArrayList<>();

  void checked(int keys) {
    keysChecked += keys;
  }

  /// The keys of a writer are in no state in which they may be: says which are to blame.
  void blame(
      Map<String, KillReading> readings,
      Map<String, List<Entry>> candidates,
      List<KilledWrite> undecided) {
    boolean blamed = false;
    for (var reading : readings.entrySet()) {
      List<Entry> allowed = candidates.get(reading.getKey());
      if (allowed.stream().anyMatch(reading.getValue()::fits)) {
        continue;
      }
      blamed = true;
      if (reading.getValue().value() == null) {
        lost++;
      } else if (allowed.stream().noneMatch(entry -> entry != null)) {
        resurrected++;
      } else {
        wrong++;
      }
      example(
          reading.getKey()
              + " is "
              + reading.getValue()
              + ", allowed "
              + allowed.stream().distinct().toList());
    }
    if (!blamed) {
      torn++;
      example("each key is right, but not together; pending were " + undecided);
    }
  }

  boolean isClean() {
    return lost + resurrected + wrong + torn == 0;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(keysChecked).append(" keys checked, lost ").append(lost);
    text.append(", resurrected ").append(resurrected).append(", wrong ").append(wrong);
    text.append(", out of order ").append(torn);
    examples.forEach(example -> text.append("\n  ").append(example));
    return text.toString();
  }

  private void example(String text) {
    if (examples.size() < EXAMPLES_MAX) {
      examples.add(text);
    }
  }
}
