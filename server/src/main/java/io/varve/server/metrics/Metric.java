package io.varve.server.metrics;

import java.util.List;

/// The table of metrics: names never change their meaning, since dashboards and alerts live on them.
enum Metric {
  COMMANDS(
      "varve_commands_total", Kind.COUNTER, "Commands executed, failed ones included.", "command"),
  COMMAND_FAILURES(
      "varve_command_failures_total", Kind.COUNTER, "Commands that gave an error.", "command"),
  COMMAND_REJECTIONS(
      "varve_command_rejections_total",
      Kind.COUNTER,
      "Commands refused before they were executed: wrong arity, no permission.",
      "command"),
  COMMAND_READ_IOS(
      "varve_command_read_ios_total",
      Kind.COUNTER,
      "Blocks read from disk because memory could not serve them.",
      "command"),
  COMMAND_DURATION(
      "varve_command_duration_seconds", Kind.HISTOGRAM, "Time spent in execution.", "command"),
  ERROR_REPLIES(
      "varve_error_replies_total", Kind.COUNTER, "Error replies by their first word.", "error"),

  CONNECTED_CLIENTS("varve_connected_clients", Kind.GAUGE, "Clients connected."),
  CONNECTIONS_RECEIVED("varve_connections_received_total", Kind.COUNTER, "Clients accepted."),
  CONNECTIONS_REJECTED(
      "varve_connections_rejected_total", Kind.COUNTER, "Clients refused: maxclients."),
  NET_INPUT("varve_net_input_bytes_total", Kind.COUNTER, "Bytes received from clients."),
  NET_OUTPUT("varve_net_output_bytes_total", Kind.COUNTER, "Bytes sent to clients."),
  LOOP_ROUNDS(
      "varve_loop_rounds_total", Kind.COUNTER, "Rounds of the command loop that finished work."),
  LOOP_SUBMISSIONS(
      "varve_loop_submissions_total",
      Kind.COUNTER,
      "Socket reads that the command loop has answered; per round it is the size of a batch."),
  PARKED_COMMANDS(
      "varve_parked_commands_total",
      Kind.COUNTER,
      "Commands that waited for a block which was not in memory."),
  WRITE_WAITS(
      "varve_write_waits_total",
      Kind.COUNTER,
      "Writes that were set aside because flushes or merges were behind."),
  DISK_FAILURES(
      "varve_disk_failures_total", Kind.COUNTER, "Commands that failed because of the disk."),

  READ_IOS(
      "varve_read_ios_total",
      Kind.COUNTER,
      "Blocks read from disk for reads, by level of the table and by what the block was.",
      "level",
      "reason"),
  READ_BYTES("varve_read_bytes_total", Kind.COUNTER, "Bytes of those blocks."),
  READ_SECONDS("varve_read_seconds_total", Kind.COUNTER, "Time that reads waited for them."),
  RUNS_PROBED("varve_runs_probed_total", Kind.COUNTER, "Runs asked for a key."),
  FILTER_PROBES(
      "varve_filter_probes_total", Kind.COUNTER, "Questions to the filters of a level.", "level"),
  FILTER_NEGATIVES(
      "varve_filter_negatives_total",
      Kind.COUNTER,
      "Questions that saved a look into a table.",
      "level"),
  FILTER_FALSE_POSITIVES(
      "varve_filter_false_positives_total",
      Kind.COUNTER,
      "Questions that were answered maybe where the table did not hold the key.",
      "level"),
  FILTER_FALSE_POSITIVES_EXPECTED(
      "varve_filter_false_positives_expected_total",
      Kind.COUNTER,
      "How many of those there should be, by the formula for the filters that were asked.",
      "level"),

  CACHE_HITS("varve_block_cache_hits_total", Kind.COUNTER, "Blocks that the cache served."),
  CACHE_MISSES("varve_block_cache_misses_total", Kind.COUNTER, "Blocks that it did not hold."),
  CACHE_EVICTIONS(
      "varve_block_cache_evictions_total", Kind.COUNTER, "Blocks dropped for want of room."),
  CACHE_BLOCKS("varve_block_cache_blocks", Kind.GAUGE, "Blocks held by the cache."),
  CACHE_BYTES("varve_block_cache_bytes", Kind.GAUGE, "Memory they take."),
  CACHE_CAPACITY(
      "varve_block_cache_capacity_bytes", Kind.GAUGE, "Memory they may take: block-cache-bytes."),

  ROW_HITS(
      "varve_row_cache_hits_total",
      Kind.COUNTER,
      "Lookups that no memtable answered, and the row cache did."),
  ROW_MISSES("varve_row_cache_misses_total", Kind.COUNTER, "Those that went on to tables."),
  ROW_BYTES("varve_row_cache_bytes", Kind.GAUGE, "Memory of the rows and of finding them."),
  ROW_CAPACITY(
      "varve_row_cache_capacity_bytes", Kind.GAUGE, "Memory they may take: row-cache-bytes."),

  MEMTABLE_BYTES("varve_memtable_bytes", Kind.GAUGE, "Memory of the active memtable."),
  MEMTABLE_ENTRIES("varve_memtable_entries", Kind.GAUGE, "Versions of keys in it."),
  SEALED_MEMTABLES("varve_sealed_memtables", Kind.GAUGE, "Memtables that wait for a flush."),
  SEALED_MEMTABLE_BYTES("varve_sealed_memtable_bytes", Kind.GAUGE, "Memory of those."),

  LEVEL_RUNS(
      "varve_level_runs", Kind.GAUGE, "Sorted runs of a level: what a read may ask.", "level"),
  LEVEL_TABLES("varve_level_tables", Kind.GAUGE, "Tables of a level.", "level"),
  LEVEL_BYTES("varve_level_bytes", Kind.GAUGE, "Bytes of those tables.", "level"),
  LEVEL_ENTRIES("varve_level_entries", Kind.GAUGE, "Versions of keys in them.", "level"),
  LEVEL_TOMBSTONES("varve_level_tombstones", Kind.GAUGE, "Tombstones among those.", "level"),
  LEVEL_VALUE_BYTES(
      "varve_level_value_bytes",
      Kind.GAUGE,
      "Bytes of large values that its tables refer to in value files.",
      "level"),
  VALUE_FILES("varve_value_files", Kind.GAUGE, "Files of large values."),
  VALUE_FILE_BYTES("varve_value_file_bytes", Kind.GAUGE, "Bytes of those files."),
  VALUE_GARBAGE_BYTES(
      "varve_value_garbage_bytes", Kind.GAUGE, "Bytes of values in them that nothing refers to."),
  OPEN_TABLES("varve_open_tables", Kind.GAUGE, "Tables held open."),
  SNAPSHOTS("varve_snapshots", Kind.GAUGE, "Snapshots that keep old versions alive."),
  LAST_SEQUENCE("varve_last_sequence", Kind.GAUGE, "Newest sequence number written."),
  DURABLE_SEQUENCE("varve_durable_sequence", Kind.GAUGE, "Newest sequence number that is durable."),

  WAL_APPENDS("varve_wal_appends_total", Kind.COUNTER, "Batches appended to the log."),
  WAL_GROUPS("varve_wal_groups_total", Kind.COUNTER, "Groups written; one group has one sync."),
  WAL_BYTES("varve_wal_bytes_total", Kind.COUNTER, "Bytes written to the log."),
  WAL_SYNC_DURATION("varve_wal_sync_duration_seconds", Kind.HISTOGRAM, "Time of a sync."),
  WAL_LIVE_BYTES("varve_wal_live_bytes", Kind.GAUGE, "Bytes that a replay would read."),
  WAL_OLDEST_UNSYNCED(
      "varve_wal_oldest_unsynced_seconds",
      Kind.GAUGE,
      "Age of the oldest write that no sync has covered: what a power cut could take."),
  WAL_REFUSALS("varve_wal_refusals_total", Kind.COUNTER, "Writes refused: the disk is full."),
  WAL_ARCHIVED("varve_wal_archived_bytes_total", Kind.COUNTER, "Bytes written to the archive."),
  WAL_ARCHIVE_BACKLOG(
      "varve_wal_archive_backlog_bytes",
      Kind.GAUGE,
      "Bytes of log that are kept for the archive alone, because it does not have them yet."),
  WAL_ARCHIVE_FAILURES(
      "varve_wal_archive_failures_total",
      Kind.COUNTER,
      "Tries to archive the log that failed; each is made again."),
  WAL_ARCHIVE_GIVEN_UP(
      "varve_wal_archive_given_up_total",
      Kind.COUNTER,
      "Segments that went unarchived because the archive was too far behind: a gap until the next"
          + " backup."),

  FLUSHES("varve_flushes_total", Kind.COUNTER, "Memtables written to tables."),
  FLUSH_BYTES("varve_flush_bytes_total", Kind.COUNTER, "Bytes of those tables."),
  FLUSH_SECONDS("varve_flush_seconds_total", Kind.COUNTER, "Time spent on them."),
  COMPACTIONS("varve_compactions_total", Kind.COUNTER, "Merges done."),
  COMPACTION_SECONDS("varve_compaction_seconds_total", Kind.COUNTER, "Time spent on them."),
  COMPACTION_READ(
      "varve_compaction_read_bytes_total",
      Kind.COUNTER,
      "Bytes of a level's tables read by merges.",
      "level"),
  COMPACTION_WRITTEN(
      "varve_compaction_written_bytes_total",
      Kind.COUNTER,
      "Bytes written to a level by flushes and merges.",
      "level"),
  COMPACTION_MOVES(
      "varve_compaction_moves_total", Kind.COUNTER, "Tables moved down without a rewrite."),
  COMPACTION_TABLES_DROPPED(
      "varve_compaction_tables_dropped_total",
      Kind.COUNTER,
      "Tables dropped unread: nobody could want their keys."),
  COMPACTION_ENTRIES_DROPPED(
      "varve_compaction_entries_dropped_total",
      Kind.COUNTER,
      "Entries that flushes and merges did not write on."),
  COMPACTION_FAILURES(
      "varve_compaction_failures_total", Kind.COUNTER, "Flushes and merges that failed."),
  COMPACTIONS_RUNNING("varve_compactions_running", Kind.GAUGE, "Flushes and merges at work."),
  WRITE_AMPLIFICATION(
      "varve_write_amplification",
      Kind.GAUGE,
      "Bytes written to tables per byte flushed, since the start."),
  WRITES_BACKLOGGED(
      "varve_writes_backlogged", Kind.GAUGE, "1 while writers are asked to wait, else 0."),

  ADMITTED_RATE(
      "varve_admitted_write_bytes_per_second",
      Kind.GAUGE,
      "Rate at which writes are taken; 0 while there is no limit."),
  WRITE_DEBT(
      "varve_write_debt_ratio",
      Kind.GAUGE,
      "How much of what writers may be ahead of flushes (memtables) and merges (runs, space) is used"
          + " up: 0 nothing, 1 all.",
      "of"),
  COMPACTION_EXCESS(
      "varve_compaction_excess_bytes", Kind.GAUGE, "Bytes of tables beyond the space cap."),
  WRITTEN_BYTES("varve_written_bytes_total", Kind.COUNTER, "Bytes of keys and values written."),
  WRITE_PAUSES("varve_write_pauses_total", Kind.COUNTER, "Times that a writer was paused."),
  WRITE_PAUSE_SECONDS(
      "varve_write_pause_seconds_total", Kind.COUNTER, "Time of all pauses, over all writers."),
  LONGEST_WRITE_PAUSE(
      "varve_write_pause_longest_seconds",
      Kind.GAUGE,
      "The longest that one writer was paused between two writes, since the start."),
  PAUSED_CONNECTIONS(
      "varve_paused_connections",
      Kind.GAUGE,
      "Connections that are not read right now because of what they wrote."),
  FLUSH_RATE(
      "varve_flush_bytes_per_second",
      Kind.GAUGE,
      "What a flush manages, in bytes of keys and values per second at work."),
  MERGE_RATE("varve_merge_bytes_per_second", Kind.GAUGE, "The same of all merges together."),
  MERGE_LIMIT(
      "varve_merge_limit_bytes_per_second", Kind.GAUGE, "merge-bytes-per-second, 0 for no limit."),
  MERGES_HELD_SECONDS(
      "varve_merges_held_seconds_total",
      Kind.COUNTER,
      "Time that merges waited for that limit and for who goes first."),

  KEYS("varve_keys", Kind.GAUGE, "Keys of a database.", "db"),
  KEYS_EXPIRING("varve_keys_with_expiry", Kind.GAUGE, "Keys that will expire.", "db"),

  BUILD("varve_build_info", Kind.GAUGE, "Always 1; the version is a label.", "version"),
  UPTIME("varve_uptime_seconds", Kind.GAUGE, "Time since the start."),
  POISONED(
      "varve_poisoned",
      Kind.GAUGE,
      "1 if the disk failed a write or sync, so that writes are refused until a restart, else 0.");

  /// What may be done with a metric's numbers.
  enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  private final String metricName;
  private final Kind kind;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  Metric(String metricName, Kind kind, String help, String... labels) {
    this.metricName = metricName;
    this.kind = kind;
    this.help = help;
    this.labels = List.of(labels);
  }

  /// As it stands in the text: counters end with `_total`.
  String metricName() {
    return metricName;
  }

  Kind kind() {
    return kind;
  }

  String help() {
    return help;
  }

  List<String> labels() {
    return labels;
  }

  /// `docs/metrics.md`
  static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # Metrics

            `http://127.0.0.1:9121/metrics` (`admin-port`, `admin-bind`) gives them in the text format of
            Prometheus; `/health` on the same port answers 200 if the server serves and 503 if it does not.
            Scrapes read counters that the server keeps anyway: they cost it nothing in between.

            Series of a command appear once it has been called, those of a level once it has been reached.
            Micrometer adds the JVM's own figures (`jvm_memory_used_bytes`, `jvm_gc_pause_seconds`,
            `jvm_buffer_memory_used_bytes`, `process_cpu_usage`, `process_files_open_files` ...). This page
            is written from the table in `Metric.java`.

            `docker/prometheus/varve-rules.yml` has alert rules on them, each with what to do about it.

            | Metric | Kind | Labels | |
            |---|---|---|---|
            """);
    for (Metric metric : values()) {
      page.append("| `").append(metric.metricName).append("` | ");
      page.append(metric.kind.name().toLowerCase(java.util.Locale.ROOT)).append(" | ");
      page.append(metric.labels.isEmpty() ? "" : "`" + String.join("`, `", metric.labels) + "`");
      page.append(" | ").append(metric.help).append(" |\n");
    }
    return page.toString();
  }
}
