package io.varve.server;

import io.varve.engine.Engine;
import io.varve.engine.EngineStats;
import io.varve.engine.EngineStats.LevelStats;
import io.varve.engine.ReadTotals;
import io.varve.engine.bytes.NativeMemory;
import io.varve.engine.error.EngineException;
import io.varve.engine.iterator.ReadReason;
import io.varve.server.command.InfoReport;
import io.varve.server.command.LevelReport;
import io.varve.server.command.MemoryUse;
import io.varve.server.config.Configuration;
import io.varve.server.keyspace.DatabaseStatistics;
import io.varve.server.keyspace.Keyspace;
import io.varve.server.loop.CommandLoop;
import io.varve.server.loop.ReaderPool;
import io.varve.server.loop.WaitingCounts;
import io.varve.server.net.NetServer;
import io.varve.server.session.Session;
import io.varve.server.session.SessionRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// What INFO says of the rooms that commands do not know: storage, loop, sockets, memory.
final class ServerReport {

  private static final long RATE_SAMPLE_MILLIS = 1_000;

  private static final Path STATM = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4096;

  private final Configuration configuration;
  private final Engine engine;
  private final Keyspace keyspace;
  private final CommandLoop loop;
  private final ReaderPool readers;
  private final NetServer net;
  private final ServerServices services;
  private final SessionRegistry sessions;
  private final Saves saves;
  private final long startupBytes;
  private volatile long peakBytes;
  private volatile long commandsPerSecond;
  private long sampledCommands;
  private long sampledMillis;

  ServerReport(
      Configuration configuration,
      Engine engine,
      Keyspace keyspace,
      CommandLoop loop,
      ReaderPool readers,
      NetServer net,
      ServerServices services,
      Saves saves) {
    this.configuration = configuration;
    this.engine = engine;
    this.keyspace = keyspace;
    this.loop = loop;
    this.readers = readers;
    this.net = net;
    this.services = services;
    this.sessions = services.sessions();
    this.saves = saves;
    this.startupBytes = usedBytes(engine.stats());
  }

  /// Looks at the number of commands, from which the rate is told. The loop calls it on its tick.
  ///
  /// @param commands commands run so far
  void sampleCommands(long commands, long nowMillis) {
    long millis = nowMillis - sampledMillis;
    if (millis > 0) {
      commandsPerSecond = Math.max(0, commands - sampledCommands) * 1000 / millis;
      sampledCommands = commands;
      sampledMillis = nowMillis;
    }
  }

  boolean isSampleDue(long nowMillis) {
    return nowMillis - sampledMillis >= RATE_SAMPLE_MILLIS;
  }

  /// Adds to a section of INFO.
  ///
  /// @param section in lower case
  void describe(String section, InfoReport out) {
    switch (section) {
      case "clients" -> describeClients(out);
      case "memory" -> describeMemory(out);
      case "persistence" -> describePersistence(out);
      case "stats" -> describeStats(out);
      case "cpu" -> describeCpu(out);
      case "keyspace" -> describeKeyspace(out);
      case "varve" -> describeStorage(out);
      default -> {}
    }
  }

  private void describeClients(InfoReport out) {
    WaitingCounts waiting = loop.waitingCounts();
    out.field("blocked_clients", waiting.clients() + loop.heldClients())
        .field("clients_in_timeout_table", waiting.withDeadline())
        .field("total_blocking_keys", waiting.keys())
        .field("total_blocking_keys_on_nokey", waiting.keysWhateverComes())
        .field("clients_waiting_for_disk", readers.queued());
  }

  private void describeMemory(InfoReport out) {
    out.field("maxmemory", configuration.get(io.varve.server.config.Directives.MAXMEMORY))
        .field("maxmemory_policy", "noeviction")
        .field("used_memory_vm_eval", 0)
        .field("used_memory_scripts_eval", services.scripts().cachedBytes())
        .field("number_of_cached_scripts", services.scripts().cachedScripts())
        .field("number_of_functions", services.functions().functionCount())
        .field("number_of_libraries", services.functions().libraryCount())
        .field("mem_allocator", "malloc")
        .field("block_cache_capacity", engine.stats().cache().capacityBytes())
        .field("row_cache_capacity", engine.stats().rows().capacityBytes());
  }

  private void describePersistence(InfoReport out) {
    EngineStats stats = engine.stats();
    EngineException failure = engine.failure();
    out.field("loading", 0)
        .field("async_loading", 0)
        .field("rdb_changes_since_last_save", stats.lastSequence() - saves.lastSequence())
        .field("rdb_bgsave_in_progress", saves.isRunning() ? 1 : 0)
        .field("rdb_last_save_time", saves.lastSaveSeconds())
        .field("rdb_last_bgsave_status", saves.hasLastFailed() ? "err" : "ok")
        .field("rdb_last_bgsave_time_sec", saves.lastMillis() < 0 ? -1 : saves.lastMillis() / 1000)
        .field("aof_enabled", 1)
        .field("aof_rewrite_in_progress", stats.sealedMemtables() > 0 ? 1 : 0)
        .field("aof_last_write_status", failure == null ? "ok" : "err")
        .field("aof_current_size", stats.walLiveBytes())
        .field("wal_oldest_unsynced_usec", stats.oldestUnsyncedNanos() / 1000)
        .field("wal_syncs", stats.wal().syncs())
        .field("wal_archive_backlog_bytes", stats.archiveBacklogBytes())
        .field("wal_archive_failures", stats.wal().archiveFailures())
        .field("last_sequence", stats.lastSequence())
        .field("durable_sequence", stats.durableSequence());
  }

  private void describeStats(InfoReport out) {
    EngineStats stats = engine.stats();
    out.field("instantaneous_ops_per_sec", commandsPerSecond)
        .field("total_net_input_bytes", net.counters().bytesIn())
        .field("total_net_output_bytes", net.counters().bytesOut())
        .field("expired_keys", keyspace.expiredKeys())
        .field("evicted_keys", 0)
        .field("client_output_buffer_limit_disconnections", net.counters().slowReaders())
        .field("keyspace_hits", keyspace.hits())
        .field("keyspace_misses", keyspace.misses())
        .field("read_ios", stats.reads().readIos())
        .field("commands_parked_for_disk", loop.counters().parked())
        .field("writes_waited_for_room", loop.counters().waitsForRoom())
        .field("loop_rounds", loop.counters().rounds());
  }

  private static void describeCpu(InfoReport out) {
    double user = 0;
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      user = system.getProcessCpuTime() / 1e9;
    }
    out.field("used_cpu_sys", "0.000000")
        .field("used_cpu_user", String.format(Locale.ROOT, "%.6f", user));
  }

  private void describeKeyspace(InfoReport out) {
    for (DatabaseStatistics database : keyspace.statistics()) {
      if (database.keys() > 0 || database.uncertain() > 0) {
        out.field(
            "db" + database.index(),
            "keys="
                + database.keys()
                + ",expires="
                + database.expires()
                + ",avg_ttl=0"
                + (database.uncertain() > 0 ? ",uncertain=" + database.uncertain() : ""));
      }
    }
  }

  /// 0 while there is no limit, as in the metrics.
  private static long admittedRate(EngineStats stats) {
    double rate = stats.admission().bytesPerSecond();
    return Double.isInfinite(rate) ? 0 : (long) rate;
  }

  private void describeStorage(InfoReport out) {
    EngineStats stats = engine.stats();
    out.field("levels", stats.levels().size())
        .field("runs", stats.runs())
        .field("table_bytes", stats.tableBytes())
        .field("value_files", stats.valueFiles().files())
        .field("value_file_bytes", stats.valueFiles().bytes())
        .field("value_garbage_bytes", stats.valueFiles().garbageBytes())
        .field("memtable_bytes", stats.memtableBytes())
        .field("sealed_memtables", stats.sealedMemtables())
        .field("backlogged", stats.backlogged() ? 1 : 0)
        .field("admitted_write_bytes_per_second", admittedRate(stats))
        .field("write_debt", stats.admission().debt().worst())
        .field("write_pauses", stats.admission().pauses())
        .field("write_pause_ms", stats.admission().pausedNanos() / 1_000_000)
        .field("write_pause_longest_ms", stats.admission().longestPauseNanos() / 1_000_000)
        .field("paused_connections", net.counters().pausedConnections())
        .field(
            "compaction_mode",
            engine.compactionMode().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .field("write_amplification", stats.compaction().writeAmplification())
        .field("flushes", stats.compaction().flushes())
        .field("merges", stats.compaction().merges())
        .field("merges_running", stats.compaction().running());
    for (LevelStats level : stats.levels()) {
      if (level.tables() > 0) {
        out.field(
            "level" + level.level(),
            "runs="
                + level.runs()
                + ",tables="
                + level.tables()
                + ",bytes="
                + level.bytes()
                + ",entries="
                + level.entries()
                + ",value_bytes="
                + level.valueBytes()
                + ",tombstones="
                + level.tombstones());
      }
    }
  }

  /// The levels, the youngest first.
  List<LevelReport> levels() {
    EngineStats stats = engine.stats();
    return stats.levels().stream().map(level -> levelReport(level, stats.reads())).toList();
  }

  private static LevelReport levelReport(LevelStats stats, ReadTotals reads) {
    int level = stats.level();
    long readIos = 0;
    for (ReadReason reason : ReadReason.values()) {
      readIos += reads.readIos(level, reason);
    }
    return new LevelReport(
        level,
        stats.runs(),
        stats.tables(),
        stats.bytes(),
        stats.entries(),
        stats.tombstones(),
        stats.rangeTombstones(),
        stats.valueBytes(),
        readIos,
        reads.filterProbes(level),
        reads.filterNegatives(level),
        reads.filterFalsePositives(level));
  }

  MemoryUse memory() {
    EngineStats stats = engine.stats();
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory() - runtime.freeMemory();
    long used = usedBytes(stats);
    peakBytes = Math.max(peakBytes, used);
    long clientBytes = 0;
    for (Session session : sessions.all()) {
      clientBytes += session.connection().inputBytes() + session.connection().outputBytes();
    }
    long memtables = stats.memtableBytes() + stats.sealedMemtableBytes();
    return new MemoryUse(
        used,
        Math.max(peakBytes, startupBytes),
        residentBytes(),
        startupBytes,
        heap,
        runtime.maxMemory(),
        NativeMemory.allocatedBytes() + memtables,
        stats.cache().bytes(),
        memtables,
        clientBytes);
  }

  /// The second number of `/proc/self/statm`: resident pages.
  private static long residentBytes() {
    try {
      String[] pages = Files.readString(STATM).split(" ", 3);
      return Long.parseLong(pages[1]) * PAGE_BYTES;
    } catch (IOException | NumberFormatException _) {
      return 0;
    }
  }

  private static long usedBytes(EngineStats stats) {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory()
        - runtime.freeMemory()
        + NativeMemory.allocatedBytes()
        + stats.memtableBytes()
        + stats.sealedMemtableBytes();
  }
}
