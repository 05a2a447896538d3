package io.varve.server.commands;

import io.varve.protocol.DoubleText;
import io.varve.server.command.Command;
import io.varve.server.command.CommandStatistics;
import io.varve.server.command.CommandTable;
import io.varve.server.command.InfoReport;
import io.varve.server.command.Invocation;
import io.varve.server.command.Latencies;
import io.varve.server.command.MemoryUse;
import io.varve.server.command.ServerIdentity;
import io.varve.server.pubsub.PubSub;
import io.varve.server.pubsub.SubscriptionKind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/// INFO: what this room knows of each section; the server adds the rest to the section's end.
final class InfoText {

  private static final List<String> DEFAULT =
      List.of(
          "server",
          "clients",
          "memory",
          "persistence",
          "stats",
          "replication",
          "cpu",
          "modules",
          "errorstats",
          "cluster",
          "keyspace",
          "varve");
  private static final List<String> ALL =
      List.of(
          "server",
          "clients",
          "memory",
          "persistence",
          "stats",
          "replication",
          "cpu",
          "modules",
          "commandstats",
          "errorstats",
          "latencystats",
          "cluster",
          "keyspace",
          "varve");

  private final Invocation in;
  private final InfoReport report = new InfoReport();

  private InfoText(Invocation in) {
    this.in = in;
  }

  static void reply(Invocation in) {
    in.reply().verbatim("txt", new InfoText(in).write(requested(in)));
  }

  private static Set<String> requested(Invocation in) {
    Set<String> wanted = new LinkedHashSet<>();
    if (in.args().count() == 1) {
      wanted.addAll(DEFAULT);
    }
    for (int i = 1; i < in.args().count(); i++) {
      String section = in.args().text(i).toLowerCase(Locale.ROOT);
      switch (section) {
        case "default" -> wanted.addAll(DEFAULT);
        case "all", "everything" -> wanted.addAll(ALL);
        default -> wanted.add(section);
      }
    }
    return wanted;
  }

  private String write(Set<String> wanted) {
    for (String section : ALL) {
      if (wanted.contains(section)) {
        write(section);
      }
    }
    return report.text();
  }

  private void write(String section) {
    report.section(
        section.equals("cpu")
            ? "CPU"
            : section.substring(0, 1).toUpperCase(Locale.ROOT) + section.substring(1));
    switch (section) {
      case "server" -> server();
      case "clients" -> clients();
      case "memory" -> memory();
      case "stats" -> stats();
      case "replication" -> replication();
      case "commandstats" -> commandStatistics();
      case "errorstats" -> errorStatistics();
      case "latencystats" -> latencyStatistics();
      case "cluster" -> report.field("cluster_enabled", 0);
      default -> {}
    }
    in.server().describe(section, report);
  }

  private void server() {
    ServerIdentity identity = in.server().identity();
    long micros = in.server().time().micros();
    long uptime = Math.max(0, micros / 1000 - identity.startedMillis()) / 1000;
    report
        .field("redis_version", ServerIdentity.REDIS_VERSION)
        .field("varve_version", identity.version())
        .field("redis_git_sha1", "00000000")
        .field("redis_git_dirty", 0)
        .field("redis_build_id", "0")
        .field("redis_mode", "standalone")
        .field(
            "os",
            System.getProperty("os.name")
                + " "
                + System.getProperty("os.version")
                + " "
                + System.getProperty("os.arch"))
        .field("arch_bits", 64)
        .field("java_version", String.valueOf(System.getProperty("java.runtime.version")))
        .field("monotonic_clock", "System.nanoTime")
        .field("multiplexing_api", identity.transport())
        .field("process_id", ProcessHandle.current().pid())
        .field("process_supervised", "no")
        .field("run_id", identity.runId())
        .field("tcp_port", identity.port())
        .field("server_time_usec", micros)
        .field("uptime_in_seconds", uptime)
        .field("uptime_in_days", uptime / 86_400)
        .field("hz", 10)
        .field("configured_hz", 10)
        .field("lru_clock", micros / 1_000_000 & 0xff_ffff)
        .field("executable", ProcessHandle.current().info().command().orElse(""))
        .field("config_file", identity.configFile())
        .field("io_threads_active", 0);
  }

  private void clients() {
    List<String> limit = in.server().configGet(List.of("maxclients"));
    report
        .field("connected_clients", in.server().sessions().count())
        .field("cluster_connections", 0)
        .field("maxclients", limit.size() == 2 ? limit.get(1) : "0")
        .field("tracking_clients", in.server().tracking().clientCount());
  }

  private void memory() {
    MemoryUse memory = in.server().memory();
    report
        .field("used_memory", memory.used())
        .field("used_memory_human", human(memory.used()))
        .field("used_memory_rss", memory.resident())
        .field("used_memory_rss_human", human(memory.resident()))
        .field("used_memory_peak", memory.peak())
        .field("used_memory_peak_human", human(memory.peak()))
        .field("used_memory_startup", memory.startup())
        .field("used_memory_heap", memory.heap())
        .field("used_memory_heap_max", memory.heapMax())
        .field("used_memory_native", memory.nativeBytes())
        .field("used_memory_block_cache", memory.blockCache())
        .field("used_memory_memtables", memory.memtables())
        .field("mem_clients_normal", memory.clients());
  }

  private void stats() {
    report
        .field("total_connections_received", in.server().sessions().acceptedCount())
        .field("total_commands_processed", in.server().statistics().calls())
        .field("rejected_connections", in.server().sessions().refusedCount())
        .field("acl_access_denied_auth", in.server().aclLog().count("auth"))
        .field("acl_access_denied_cmd", in.server().aclLog().count("command"))
        .field("acl_access_denied_key", in.server().aclLog().count("key"))
        .field("acl_access_denied_channel", in.server().aclLog().count("channel"));
    long errors = 0;
    for (long count : in.server().statistics().errors().values()) {
      errors += count;
    }
    PubSub pubSub = in.server().pubSub();
    report
        .field("total_error_replies", errors)
        .field("pubsub_channels", pubSub.count(SubscriptionKind.CHANNEL))
        .field("pubsub_patterns", pubSub.count(SubscriptionKind.PATTERN))
        .field("pubsubshard_channels", pubSub.count(SubscriptionKind.SHARD_CHANNEL))
        .field("tracking_total_keys", in.server().tracking().keyCount())
        .field("tracking_total_items", in.server().tracking().itemCount())
        .field("tracking_total_prefixes", in.server().tracking().prefixCount());
  }

  private void replication() {
    report
        .field("role", "master")
        .field("connected_slaves", 0)
        .field("master_failover_state", "no-failover")
        .field("master_replid", in.server().identity().runId())
        .field("master_replid2", "0".repeat(40))
        .field("master_repl_offset", 0)
        .field("second_repl_offset", -1)
        .field("repl_backlog_active", 0)
        .field("repl_backlog_size", 0)
        .field("repl_backlog_first_byte_offset", 0)
        .field("repl_backlog_histlen", 0);
  }

  private void commandStatistics() {
    CommandTable table = in.server().commands();
    for (int i = 0; i < table.size(); i++) {
      CommandStatistics.Totals totals = in.server().statistics().totals(i);
      if (totals.calls() == 0 && totals.rejected() == 0 && totals.failed() == 0) {
        continue;
      }
      long micros = totals.nanos() / 1000;
      double perCall = totals.calls() == 0 ? 0 : totals.nanos() / 1000.0 / totals.calls();
      report.field(
          "cmdstat_" + table.get(i).fullName(),
          "calls="
              + totals.calls()
              + ",usec="
              + micros
              + ",usec_per_call="
              + String.format(Locale.ROOT, "%.2f", perCall)
              + ",read_ios="
              + totals.readIos()
              + ",rejected_calls="
              + totals.rejected()
              + ",failed_calls="
              + totals.failed());
    }
  }

  private void errorStatistics() {
    in.server()
        .statistics()
        .errors()
        .forEach((kind, count) -> report.field("errorstat_" + kind, "count=" + count));
  }

  private void latencyStatistics() {
    CommandTable table = in.server().commands();
    List<Double> percentiles = in.server().statistics().percentiles();
    for (int i = 0; i < table.size(); i++) {
      Command command = table.get(i);
      Latencies latencies = in.server().statistics().latencies(i);
      if (latencies.count() > 0) {
        StringJoiner values = new StringJoiner(",");
        for (double percentile : percentiles) {
          values.add(
              String.format(
                  Locale.ROOT,
                  "p%s=%.3f",
                  DoubleText.of(percentile),
                  latencies.percentile(percentile)));
        }
        report.field("latency_percentiles_usec_" + command.fullName(), values.toString());
      }
    }
  }

  static String human(long bytes) {
    String[] units = {"B", "K", "M", "G", "T", "P"};
    if (bytes < 1024) {
      return bytes + "B";
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.2f", value) + units[unit];
  }
}
