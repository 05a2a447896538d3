package io.varve.engine.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Merges tables on paper: walks the pieces between the borders of the inputs, melts them while they
/// are neighbours, and ends tables where it is told and where they are full.
final class PaperMerge {

  private final SimulatedWrites writes;
  private final List<PaperExtent> inputs;
  private final boolean atBottom;
  private final long nowMillis;
  private final double keysMax;
  private final List<PaperExtent> outputs = new ArrayList<>();
  private long oldestMillis = Long.MAX_VALUE;
  private long newestMillis;
  private long start = -1;
  private long end = -1;
  private double keys;

  /// @param atBottom whether the output lies below all else and needs no tombstones
  PaperMerge(
      SimulatedWrites writes,
      List<PaperExtent> inputs,
      boolean atBottom,
      long tableBytes,
      long nowMillis) {
    this.writes = writes;
    this.inputs = inputs;
    this.atBottom = atBottom;
    this.nowMillis = nowMillis;
    this.keysMax = Math.max(1, tableBytes / writes.bytesPerKey(atBottom));
    for (PaperExtent input : inputs) {
      oldestMillis = Math.min(oldestMillis, input.oldestMillis());
      newestMillis = Math.max(newestMillis, input.newestMillis());
    }
    if (writes.lifeMillis() > 0) {
      oldestMillis =
          Math.min(newestMillis, Math.max(oldestMillis, nowMillis - writes.lifeMillis()));
    }
  }

  /// The outputs in order of keys.
  ///
  /// @param cuts keys at which a table must end
  List<PaperExtent> run(SortedSet<Long> cuts) {
    TreeSet<Long> borders = new TreeSet<>(cuts);
    for (PaperExtent input : inputs) {
      borders.add(input.from());
      borders.add(input.to());
    }
    List<Long> points = new ArrayList<>(borders);
    for (int i = 0; i + 1 < points.size(); i++) {
      if (start >= 0 && (cuts.contains(points.get(i)) || keys >= keysMax)) {
        finishTable();
      }
      add(points.get(i), points.get(i + 1));
    }
    if (start >= 0) {
      finishTable();
    }
    return outputs;
  }

  private void add(long from, long to) {
    double density = densityOf(from, to);
    long at = from;
    while (density > 0 && at < to) {
      if (start < 0) {
        start = at;
        keys = 0;
      }
      long room = (long) Math.max(1, Math.ceil((keysMax - keys) / density));
      end = Math.min(to, at + room);
      keys += (end - at) * density;
      if (end < to) {
        finishTable();
        at = end;
      } else {
        at = to;
      }
    }
  }

  private void finishTable() {
    outputs.add(
        new PaperExtent(
            start, end, Math.min(1, keys / (end - start)), atBottom, oldestMillis, newestMillis));
    start = -1;
  }

  private double densityOf(long from, long to) {
    double density = 0;
    for (PaperExtent input : inputs) {
      if (input.from() <= from && input.to() >= to) {
        density =
            writes.keys().merged(density, input.density() * writes.aliveShare(input, nowMillis));
      }
    }
    return density;
  }
}
