package io.varve.server.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.varve.engine.AdmissionStats;
import io.varve.engine.EngineStats;
import io.varve.engine.ReadTotals;
import io.varve.engine.compaction.CompactionCounters;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.iterator.ReadReason;
import io.varve.engine.wal.WalCounters;
import io.varve.server.command.Command;
import io.varve.server.command.CommandStatistics;
import io.varve.server.command.Latencies;
import io.varve.server.keyspace.DatabaseStatistics;
import java.util.List;
import java.util.Locale;

/// Reads the server's counters when Prometheus asks.
final class ServerCollector implements MultiCollector {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MICROS_PER_SECOND = 1e6;

  /// Bounds of the buckets of a command's duration: the powers of two that its counters know exactly.
  private static final long[] COMMAND_BOUNDS_MICROS = {
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20
  };

  private final MetricsSource source;

  ServerCollector(MetricsSource source) {
    this.source = source;
  }

  @Override
  public MetricSnapshots collect() {
    Families families = new Families();
    commands(families);
    clients(families);
    EngineStats engine = source.engine();
    reads(engine, families);
    cacheAndMemtables(engine, families);
    levels(engine, families);
    wal(engine, families);
    compaction(engine, families);
    admission(engine, families);
    keyspace(families);
    server(families);
    return families.build();
  }

  private void commands(Families families) {
    CommandStatistics statistics = source.statistics();
    List<Command> all = source.commands().all();
    for (int i = 0; i < all.size(); i++) {
      CommandStatistics.Totals totals = statistics.totals(i);
      if (totals.calls() + totals.rejected() + totals.readIos() == 0) {
        continue;
      }
      String name = all.get(i).fullName();
      families.counter(Metric.COMMANDS, totals.calls(), name);
      families.counter(Metric.COMMAND_FAILURES, totals.failed(), name);
      families.counter(Metric.COMMAND_REJECTIONS, totals.rejected(), name);
      families.counter(Metric.COMMAND_READ_IOS, totals.readIos(), name);
      durations(statistics.latencies(i), totals.nanos(), name, families);
    }
    statistics
        .errors()
        .forEach((kind, count) -> families.counter(Metric.ERROR_REPLIES, count, kind));
  }

  private static void durations(
      Latencies latencies, long nanos, String command, Families families) {
    double[] bounds = new double[COMMAND_BOUNDS_MICROS.length];
    long[] counts = new long[bounds.length + 1];
    long below = 0;
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = COMMAND_BOUNDS_MICROS[i] / MICROS_PER_SECOND;
      long upTo = latencies.countUpTo(COMMAND_BOUNDS_MICROS[i]);
      counts[i] = upTo - below;
      below = upTo;
    }
    counts[bounds.length] = latencies.count() - below;
    families.histogram(Metric.COMMAND_DURATION, bounds, counts, nanos / NANOS_PER_SECOND, command);
  }

  private void clients(Families families) {
    families.gauge(Metric.CONNECTED_CLIENTS, source.sessions().count());
    families.counter(Metric.CONNECTIONS_RECEIVED, source.sessions().acceptedCount());
    families.counter(Metric.CONNECTIONS_REJECTED, source.sessions().refusedCount());
    MetricsSource.ServerFigures server = source.server();
    families.counter(Metric.NET_INPUT, server.bytesIn());
    families.counter(Metric.NET_OUTPUT, server.bytesOut());
    families.counter(Metric.LOOP_ROUNDS, server.rounds());
    families.counter(Metric.LOOP_SUBMISSIONS, server.submissions());
    families.counter(Metric.PARKED_COMMANDS, server.parked());
    families.counter(Metric.WRITE_WAITS, server.waitsForRoom());
    families.counter(Metric.DISK_FAILURES, server.diskFailures());
  }

  private static void reads(EngineStats engine, Families families) {
    int levels = Math.clamp(engine.levels().size(), 1, ReadContext.LEVELS_COUNTED);
    for (int level = 0; level < levels; level++) {
      for (ReadReason reason : ReadReason.values()) {
        families.counter(
            Metric.READ_IOS,
            engine.reads().readIos(level, reason),
            Integer.toString(level),
            reason.name().toLowerCase(Locale.ROOT));
      }
      filters(engine.reads(), level, families);
    }
    families.counter(Metric.READ_BYTES, engine.reads().readBytes());
    families.counter(Metric.READ_SECONDS, engine.reads().readNanos() / NANOS_PER_SECOND);
    families.counter(Metric.RUNS_PROBED, engine.reads().runsProbed());
  }

  private static void filters(ReadTotals reads, int level, Families families) {
    String name = Integer.toString(level);
    families.counter(Metric.FILTER_PROBES, reads.filterProbes(level), name);
    families.counter(Metric.FILTER_NEGATIVES, reads.filterNegatives(level), name);
    families.counter(Metric.FILTER_FALSE_POSITIVES, reads.filterFalsePositives(level), name);
    families.counter(
        Metric.FILTER_FALSE_POSITIVES_EXPECTED, reads.filterFalsePositivesExpected(level), name);
  }

  private static void cacheAndMemtables(EngineStats engine, Families families) {
    families.counter(Metric.CACHE_HITS, engine.cache().hits());
    families.counter(Metric.CACHE_MISSES, engine.cache().misses());
    families.counter(Metric.CACHE_EVICTIONS, engine.cache().evictions());
    families.gauge(Metric.CACHE_BLOCKS, engine.cache().blocks());
    families.gauge(Metric.CACHE_BYTES, engine.cache().bytes());
    families.gauge(Metric.CACHE_CAPACITY, engine.cache().capacityBytes());
    families.counter(Metric.ROW_HITS, engine.rows().hits());
    families.counter(Metric.ROW_MISSES, engine.rows().misses());
    families.gauge(Metric.ROW_BYTES, engine.rows().bytes());
    families.gauge(Metric.ROW_CAPACITY, engine.rows().capacityBytes());
    families.gauge(Metric.MEMTABLE_BYTES, engine.memtableBytes());
    families.gauge(Metric.MEMTABLE_ENTRIES, engine.memtableEntries());
    families.gauge(Metric.SEALED_MEMTABLES, engine.sealedMemtables());
    families.gauge(Metric.SEALED_MEMTABLE_BYTES, engine.sealedMemtableBytes());
  }

  private static void levels(EngineStats engine, Families families) {
    for (EngineStats.LevelStats level : engine.levels()) {
      String name = Integer.toString(level.level());
      families.gauge(Metric.LEVEL_RUNS, level.runs(), name);
      families.gauge(Metric.LEVEL_TABLES, level.tables(), name);
      families.gauge(Metric.LEVEL_BYTES, level.bytes(), name);
      families.gauge(Metric.LEVEL_ENTRIES, level.entries(), name);
      families.gauge(Metric.LEVEL_TOMBSTONES, level.tombstones(), name);
      families.gauge(Metric.LEVEL_VALUE_BYTES, level.valueBytes(), name);
    }
    families.gauge(Metric.VALUE_FILES, engine.valueFiles().files());
    families.gauge(Metric.VALUE_FILE_BYTES, engine.valueFiles().bytes());
    families.gauge(Metric.VALUE_GARBAGE_BYTES, engine.valueFiles().garbageBytes());
    families.gauge(Metric.OPEN_TABLES, engine.openTables());
    families.gauge(Metric.SNAPSHOTS, engine.snapshots());
    families.gauge(Metric.LAST_SEQUENCE, engine.lastSequence());
    families.gauge(Metric.DURABLE_SEQUENCE, engine.durableSequence());
  }

  private static void wal(EngineStats engine, Families families) {
    families.counter(Metric.WAL_APPENDS, engine.wal().appends());
    families.counter(Metric.WAL_GROUPS, engine.wal().groups());
    families.counter(Metric.WAL_BYTES, engine.wal().writtenBytes());
    long[] micros = WalCounters.syncBucketsMicros();
    double[] bounds = new double[micros.length];
    for (int i = 0; i < micros.length; i++) {
      bounds[i] = micros[i] / MICROS_PER_SECOND;
    }
    families.histogram(
        Metric.WAL_SYNC_DURATION,
        bounds,
        engine.wal().syncCounts(),
        engine.wal().syncNanos() / NANOS_PER_SECOND);
    families.gauge(Metric.WAL_LIVE_BYTES, engine.walLiveBytes());
    families.gauge(Metric.WAL_OLDEST_UNSYNCED, engine.oldestUnsyncedNanos() / NANOS_PER_SECOND);
    families.counter(Metric.WAL_REFUSALS, engine.wal().refusals());
    families.counter(Metric.WAL_ARCHIVED, engine.wal().archivedBytes());
    families.gauge(Metric.WAL_ARCHIVE_BACKLOG, engine.archiveBacklogBytes());
    families.counter(Metric.WAL_ARCHIVE_FAILURES, engine.wal().archiveFailures());
    families.counter(Metric.WAL_ARCHIVE_GIVEN_UP, engine.wal().archiveGivenUp());
  }

  private static void compaction(EngineStats engine, Families families) {
    CompactionCounters counters = engine.compaction();
    families.counter(Metric.FLUSHES, counters.flushes());
    families.counter(Metric.FLUSH_BYTES, counters.flushBytes());
    families.counter(Metric.FLUSH_SECONDS, counters.flushNanos() / NANOS_PER_SECOND);
    families.counter(Metric.COMPACTIONS, counters.merges());
    families.counter(Metric.COMPACTION_SECONDS, counters.mergeNanos() / NANOS_PER_SECOND);
    for (int level = 0; level < Math.max(1, engine.levels().size()); level++) {
      String name = Integer.toString(level);
      families.counter(Metric.COMPACTION_READ, counters.bytesRead(level), name);
      families.counter(Metric.COMPACTION_WRITTEN, counters.bytesWritten(level), name);
    }
    families.counter(Metric.COMPACTION_MOVES, counters.moves());
    families.counter(Metric.COMPACTION_TABLES_DROPPED, counters.tablesDropped());
    families.counter(Metric.COMPACTION_ENTRIES_DROPPED, counters.entriesDropped());
    families.counter(Metric.COMPACTION_FAILURES, counters.failures());
    families.gauge(Metric.COMPACTIONS_RUNNING, counters.running());
    families.gauge(Metric.WRITE_AMPLIFICATION, counters.writeAmplification());
    families.gauge(Metric.WRITES_BACKLOGGED, engine.backlogged() ? 1 : 0);
  }

  private void admission(EngineStats engine, Families families) {
    AdmissionStats admission = engine.admission();
    double rate = admission.bytesPerSecond();
    families.gauge(Metric.ADMITTED_RATE, Double.isInfinite(rate) ? 0 : rate);
    families.gauge(Metric.WRITE_DEBT, admission.debt().memtables(), "memtables");
    families.gauge(Metric.WRITE_DEBT, admission.debt().runs(), "runs");
    families.gauge(Metric.WRITE_DEBT, admission.debt().space(), "space");
    families.gauge(Metric.COMPACTION_EXCESS, admission.excessBytes());
    families.counter(Metric.WRITTEN_BYTES, engine.bytesWritten());
    families.counter(Metric.WRITE_PAUSES, admission.pauses());
    families.counter(Metric.WRITE_PAUSE_SECONDS, admission.pausedNanos() / NANOS_PER_SECOND);
    families.gauge(Metric.LONGEST_WRITE_PAUSE, admission.longestPauseNanos() / NANOS_PER_SECOND);
    families.gauge(Metric.PAUSED_CONNECTIONS, source.server().pausedConnections());
    families.gauge(Metric.FLUSH_RATE, admission.rates().flushBytesPerSecond());
    families.gauge(Metric.MERGE_RATE, admission.rates().mergeBytesPerSecond());
    families.gauge(Metric.MERGE_LIMIT, admission.backgroundBytesPerSecond());
    families.counter(Metric.MERGES_HELD_SECONDS, admission.mergesHeldNanos() / NANOS_PER_SECOND);
  }

  private void keyspace(Families families) {
    for (DatabaseStatistics database : source.databases()) {
      String name = Integer.toString(database.index());
      families.gauge(Metric.KEYS, database.keys(), name);
      families.gauge(Metric.KEYS_EXPIRING, database.expires(), name);
    }
  }

  private void server(Families families) {
    MetricsSource.ServerFigures server = source.server();
    families.gauge(Metric.BUILD, 1, server.version());
    families.gauge(Metric.UPTIME, server.uptimeMillis() / 1e3);
    families.gauge(Metric.POISONED, server.poisoned() ? 1 : 0);
  }
}
