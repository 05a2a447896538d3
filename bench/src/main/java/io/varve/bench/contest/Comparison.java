package io.varve.bench.contest;

import io.varve.bench.contest.Load.Outcome;
import io.varve.bench.contest.Load.Session;
import io.varve.bench.records.Permutation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongUnaryOperator;

/// Runs the rows in rounds. In a round each side has a store; a row runs on one side and at once on the
/// other, and who begins changes from row to row and from round to round, so that the noise of a machine
/// meets both.
final class Comparison {

  private static final int SCAN_SHORT = 100;
  private static final int SCAN_LONG = 100_000;
  private static final int RANGES = 100;

  /// Of the keys that a store has: what makes the code hot before anything counts.
  private static final long WARM_UP_KEYS = 100_000;

  /// So small a run shows that all works and nothing else.
  private static final long WARM_UP_FROM_KEYS = 10_000;

  private final Path directory;
  private final Setup setup;
  private final Set<Row> rows;
  private final Consumer<String> progress;
  private final Map<Row, Map<Side, List<Measure>>> measures = new EnumMap<>(Row.class);

  /// @param directory where the stores go
  /// @param rows at least one
  /// @param progress is told what begins
  Comparison(Path directory, Setup setup, Set<Row> rows, Consumer<String> progress) {
    this.directory = directory;
    this.setup = setup;
    this.rows = EnumSet.copyOf(rows);
    this.progress = progress;
  }

  List<RowResult> run() throws IOException, InterruptedException {
    if (setup.keys() >= WARM_UP_FROM_KEYS) {
      progress.accept("warming up");
      new Round(setup.small(WARM_UP_KEYS), 0, (_, _, _) -> {}).run();
    }
    for (int round = 1; round <= setup.rounds(); round++) {
      progress.accept("round " + round + " of " + setup.rounds());
      new Round(setup, round, this::keep).run();
    }
    List<RowResult> results = new ArrayList<>();
    measures.forEach(
        (row, ofRow) -> {
          List<Measure> varve = ofRow.get(Side.VARVE);
          List<Measure> rocksdb = ofRow.get(Side.ROCKSDB);
          // Nothing to compare where a side cannot do it.
          if (varve != null && rocksdb != null) {
            results.add(RowResult.of(row, varve, rocksdb));
          }
        });
    return results;
  }

  private void keep(Row row, Side side, Measure measure) {
    measures
        .computeIfAbsent(row, _ -> new EnumMap<>(Side.class))
        .computeIfAbsent(side, _ -> new ArrayList<>())
        .add(measure);
  }

  /// Takes what a row came to.
  private interface Sink {
    void take(Row row, Side side, Measure measure);
  }

  private final class Round {

    private final Setup setup;
    private final Sessions sessions;
    private final int round;
    private final Sink sink;
    private final Map<Side, Store> stores = new EnumMap<>(Side.class);

    Round(Setup setup, int round, Sink sink) {
      this.setup = setup;
      this.sessions = new Sessions(setup);
      this.round = round;
      this.sink = sink;
    }

    void run() throws IOException, InterruptedException {
      try {
        for (Row row : Row.values()) {
          boolean wanted = rows.contains(row);
          // The stores that other rows read have to be filled, asked for or not.
          if (wanted || (row == Row.FILL_RANDOM && needsStore())) {
            for (Side side : order(row)) {
              runRow(row, side, wanted);
            }
          }
        }
      } finally {
        for (Store store : stores.values()) {
          store.close();
        }
      }
    }

    private boolean needsStore() {
      return !EnumSet.of(Row.FILL_SEQUENTIAL).containsAll(rows);
    }

    private List<Side> order(Row row) {
      return (row.ordinal() + round) % 2 == 0
          ? List.of(Side.VARVE, Side.ROCKSDB)
          : List.of(Side.ROCKSDB, Side.VARVE);
    }

    private void runRow(Row row, Side side, boolean wanted)
        throws IOException, InterruptedException {
      progress.accept("  " + row.title() + ", " + side.title());
      if (row == Row.FILL_SEQUENTIAL) {
        try (Store store = Store.create(side, directory, "sequential", setup)) {
          sink.take(row, side, fill(store, number -> number));
        }
        return;
      }
      if (row == Row.FILL_RANDOM) {
        Store store = Store.create(side, directory, "random", setup);
        stores.put(side, store);
        Permutation order = new Permutation(setup.keys(), round);
        Measure filled = fill(store, order::at);
        if (wanted) {
          sink.take(row, side, filled);
        }
        return;
      }
      Store store = stores.get(side);
      if (store == null) {
        throw new IllegalStateException(row + " before its store is filled");
      }
      if (row != Row.DELETE_RANGE || store.contender().canDeleteRanges()) {
        sink.take(row, side, measure(row, store));
      }
    }

    /// Not bounded in time: what is read later has to be there.
    private Measure fill(Store store, LongUnaryOperator numbers)
        throws IOException, InterruptedException {
      Contender.Writer writer = store.contender().writer();
      return store.measure(
          Row.Kind.WRITE,
          setup.keys(),
          () ->
              Load.run(1, setup.keys(), Integer.MAX_VALUE, _ -> sessions.put(writer, numbers, 0)));
    }

    private Measure measure(Row row, Store store) throws IOException, InterruptedException {
      Contender contender = store.contender();
      return store.measure(
          row.kind(),
          setup.keys(),
          () ->
              switch (row) {
                case FILL_SEQUENTIAL, FILL_RANDOM -> throw new IllegalStateException(row + "");
                case OVERWRITE ->
                    bounded(
                        1,
                        2 * setup.keys(),
                        seed -> sessions.put(contender.writer(), sessions.uniform(seed), seed));
                case READ_HIT ->
                    bounded(
                        setup.readers(),
                        setup.keys(),
                        seed -> sessions.getStored(contender.newReader(), sessions.uniform(seed)));
                case READ_MISS ->
                    bounded(
                        setup.readers(),
                        setup.keys(),
                        seed -> sessions.getMissing(contender.newReader(), sessions.uniform(seed)));
                case SEEK -> scans(contender, setup.keys(), 1);
                case SCAN_100 -> scans(contender, setup.keys(), SCAN_SHORT);
                case SCAN_100000 -> scans(contender, 100, SCAN_LONG);
                case READ_WHILE_WRITING -> readWhileWriting(contender);
                case DELETE_RANGE ->
                    bounded(
                        1,
                        RANGES,
                        _ ->
                            sessions.deleteRange(
                                contender.writer(), Math.max(1, setup.keys() / 10 / RANGES)));
              });
    }

    private Outcome bounded(int threads, long operations, IntFunction<Session> make) {
      return Load.run(
          threads, operations, setup.seconds(), thread -> make.apply(1000 * round + thread));
    }

    private Outcome scans(Contender contender, long count, int limit) {
      return bounded(
          setup.readers(),
          count,
          seed -> sessions.scan(contender.newReader(), sessions.uniform(seed), limit));
    }

    private Outcome readWhileWriting(Contender contender) {
      try (PacedWrites writes =
          PacedWrites.start(
              sessions.put(contender.writer(), sessions.uniform(77 + round), 1L << 32),
              setup.writeRate())) {
        Outcome reads =
            bounded(
                setup.readers(),
                Long.MAX_VALUE,
                seed -> sessions.getStored(contender.newReader(), sessions.uniform(seed)));
        progress.accept(
            "    beside "
                + Math.round(writes.stop() / (reads.nanos() / 1e9))
                + " writes per second");
        return reads;
      }
    }
  }
}
