package io.varve.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandCountersTest {

  @Test
  void bucketsCoverEveryDurationWithinAnEighth() {
    for (long micros = 1; micros < 1L << 33; micros += 1 + micros / 7) {
      int bucket = CommandCounters.bucket(micros * 1000);
      double bound = CommandCounters.bucketBound(bucket);
      assertTrue(bound >= micros, () -> "bound of the bucket of " + bound);
      assertTrue(bound <= Math.max(1, micros * 1.126), () -> "bound of the bucket is " + bound);
    }
    assertEquals(CommandCounters.BUCKETS - 1, CommandCounters.bucket(Long.MAX_VALUE));
  }

  @Test
  void threadsAreAddedUpAndResetSubtracts() {
    CommandTable table = new CommandTable(List.of(Command.define("get", 1, _ -> {}).build()));
    CommandStatistics statistics = new CommandStatistics(table);
    CommandCounters one = statistics.newCounters();
    CommandCounters other = statistics.newCounters();
    one.count(0, 1_000);
    other.count(0, 3_000);
    other.count(0, 100_000);
    assertEquals(3, statistics.totals(0).calls());
    assertEquals(104_000, statistics.totals(0).nanos());
    assertEquals(1, statistics.latencies(0).countUpTo(1));
    assertEquals(2, statistics.latencies(0).countUpTo(4));
    assertEquals(3, statistics.latencies(0).percentile(50));
    assertEquals(104, statistics.latencies(0).percentile(100));
    statistics.reset();
    one.count(0, 2_000);
    assertEquals(1, statistics.totals(0).calls());
    assertEquals(1, statistics.latencies(0).count());
  }

  @Test
  void durationsAreKeptOnlyWhereTheyAreWanted() {
    CommandTable table = new CommandTable(List.of(Command.define("get", 1, _ -> {}).build()));
    CommandStatistics statistics = new CommandStatistics(table);
    CommandCounters one = statistics.newCounters();
    statistics.keepLatencies(false, List.of(50.0));
    CommandCounters other = statistics.newCounters();
    one.count(0, 1_000);
    other.count(0, 3_000);
    assertEquals(2, statistics.totals(0).calls());
    assertEquals(0, statistics.latencies(0).count());
    statistics.keepLatencies(true, List.of(50.0));
    one.count(0, 1_000);
    other.count(0, 3_000);
    assertEquals(4, statistics.totals(0).calls());
    assertEquals(2, statistics.latencies(0).count());
  }
}
