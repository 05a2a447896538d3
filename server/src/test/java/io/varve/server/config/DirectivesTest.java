package io.varve.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.server.config.Directive.Change;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Pins names and defaults: users' files depend on them.
class DirectivesTest {

  @Test
  void defaultsArePinned() {
    Map<String, String> defaults = new HashMap<>();
    for (Directive<?> directive : Directives.all()) {
      defaults.put(directive.name(), directive.initialText());
    }
    Map<String, String> pinned =
        Map.ofEntries(
            Map.entry("port", "6379"),
            Map.entry("bind", "127.0.0.1 -::1"),
            Map.entry("tcp-backlog", "511"),
            Map.entry("tcp-keepalive", "300"),
            Map.entry("timeout", "0"),
            Map.entry("transport", "auto"),
            Map.entry("io-threads", "0"),
            Map.entry("requirepass", ""),
            Map.entry("protected-mode", "yes"),
            Map.entry("enable-debug-command", "no"),
            Map.entry("dir", "./"),
            Map.entry("appendfsync", "always"),
            Map.entry("commit-mode", "auto"),
            Map.entry("wal-segment-bytes", "67108864"),
            Map.entry("wal-archive-dir", ""),
            Map.entry("wal-archive-interval", "10"),
            Map.entry("wal-archive-backlog-bytes", "4294967296"),
            Map.entry("disk-reserve-bytes", "134217728"),
            Map.entry("memtable-bytes", "67108864"),
            Map.entry("sealed-memtables-max", "4"),
            Map.entry("block-cache-bytes", "268435456"),
            Map.entry("row-cache-bytes", "268435456"),
            Map.entry("block-bytes", "4096"),
            Map.entry("compression", "lz4"),
            Map.entry("bloom-bits", "10"),
            Map.entry("compaction-fanout", "8"),
            Map.entry("compaction-mode", "tiered"),
            Map.entry("compaction-window-seconds", "86400"),
            Map.entry("table-bytes", "67108864"),
            Map.entry("large-value-bytes", "4096"),
            Map.entry("tables-open-max", "4096"),
            Map.entry("max-background-merges", "1"),
            Map.entry("merge-bytes-per-second", "0"),
            Map.entry("reader-threads", "8"),
            Map.entry("maxclients", "10000"),
            Map.entry("databases", "16"),
            Map.entry("proto-max-bulk-len", "536870912"),
            Map.entry("client-query-buffer-limit", "1073741824"),
            Map.entry(
                "client-output-buffer-limit",
                "normal 1073741824 268435456 60 slave 268435456 67108864 60"
                    + " pubsub 33554432 8388608 60"),
            Map.entry("busy-reply-threshold", "5000"),
            Map.entry("notify-keyspace-events", ""),
            Map.entry("aclfile", ""),
            Map.entry("acllog-max-len", "128"),
            Map.entry("tracking-table-max-keys", "1000000"),
            Map.entry("maxmemory", "0"),
            Map.entry("hash-max-listpack-entries", "128"),
            Map.entry("hash-max-listpack-value", "64"),
            Map.entry("set-max-intset-entries", "512"),
            Map.entry("set-max-listpack-entries", "128"),
            Map.entry("set-max-listpack-value", "64"),
            Map.entry("list-max-listpack-size", "-2"),
            Map.entry("zset-max-listpack-entries", "128"),
            Map.entry("zset-max-listpack-value", "64"),
            Map.entry("hll-sparse-max-bytes", "3000"),
            Map.entry("stream-node-max-entries", "100"),
            Map.entry("loglevel", "notice"),
            Map.entry("logfile", ""),
            Map.entry("log-format", "text"),
            Map.entry("admin-port", "9121"),
            Map.entry("admin-bind", "127.0.0.1"),
            Map.entry("slowlog-log-slower-than", "10000"),
            Map.entry("slowlog-max-len", "128"),
            Map.entry("latency-monitor-threshold", "0"),
            Map.entry("latency-tracking", "yes"),
            Map.entry("latency-tracking-info-percentiles", "50 99 99.9"),
            Map.entry("hz", "10"),
            Map.entry("save", ""),
            Map.entry("list-compress-depth", "0"),
            Map.entry("stream-node-max-bytes", "4096"),
            Map.entry("aof-use-rdb-preamble", "no"),
            Map.entry("appendonly", "yes"),
            Map.entry("maxmemory-policy", "noeviction"));
    assertEquals(pinned, defaults);
  }

  @Test
  void everyDefaultIsAValueOfItsDirective() {
    for (Directive<?> directive : Directives.all()) {
      Configuration read = Configuration.of(directive.name(), directive.initialText());
      assertEquals(directive.initialText(), read.text(directive), directive.name());
    }
  }

  @Test
  void everyDirectiveIsExplained() {
    for (Directive<?> directive : Directives.all()) {
      assertTrue(directive.doc().endsWith("."), directive.name());
    }
  }

  @Test
  void whatDecidesWhereTheServerWritesIsProtected() {
    for (String name : List.of("dir", "logfile", "wal-archive-dir")) {
      Directive<?> directive = Directives.find(name);
      assertNotNull(directive);
      assertEquals(Change.PROTECTED, directive.change());
    }
  }
}
