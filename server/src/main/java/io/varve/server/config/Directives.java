package io.varve.server.config;

import static io.varve.server.config.Directive.Change.PROTECTED;
import static io.varve.server.config.Directive.Change.RESTART;
import static io.varve.server.config.Directive.Change.RUNTIME;

import io.varve.server.config.Directive.Change;
import io.varve.server.config.Directive.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The table of all directives, in the order of the documentation. Long because it is one table: a
/// directive is one entry here and nowhere else.
public final class Directives {

  private static final List<Directive<?>> TABLE = new ArrayList<>();
  private static final long NO_MAX = Long.MAX_VALUE;

  // Network

  public static final Directive<Long> PORT =
      number(
          "port",
          6379,
          0,
          65535,
          RESTART,
          Section.NETWORK,
          "TCP port of the Redis protocol; 0 picks a free one, which the log tells.");

  public static final Directive<List<String>> BIND =
      add(
          new Directive<>(
              "bind",
              List.of(),
              Section.NETWORK,
              new DirectiveType.Words(),
              List.of("127.0.0.1", "-::1"),
              RESTART,
              false,
              "Addresses to listen on. `*` is all of IPv4, `::*` all of IPv6; an address behind `-` may"
                  + " be missing on this machine."));

  public static final Directive<Long> TCP_BACKLOG =
      number(
          "tcp-backlog",
          511,
          1,
          65535,
          RESTART,
          Section.NETWORK,
          "Connections that may wait to be accepted; the kernel's own bound holds as well.");

  public static final Directive<Long> TCP_KEEPALIVE =
      number(
          "tcp-keepalive",
          300,
          0,
          Integer.MAX_VALUE,
          RUNTIME,
          Section.NETWORK,
          "Seconds between probes of silent connections, so that dead peers are noticed; 0 sends none."
              + " Holds for new connections.");

  public static final Directive<Long> TIMEOUT =
      number(
          "timeout",
          0,
          0,
          Integer.MAX_VALUE,
          RUNTIME,
          Section.NETWORK,
          "Seconds after which an idle client is disconnected; 0 is never.");

  public static final Directive<Choices.Transport> TRANSPORT =
      choice(
          "transport",
          Choices.Transport.AUTO,
          RESTART,
          Section.NETWORK,
          "How sockets are served. `auto` takes epoll where it is, else nio; io_uring can gain with"
              + " deep pipelines. The log tells which it became.");

  public static final Directive<Long> IO_THREADS =
      number(
          "io-threads",
          0,
          0,
          128,
          RESTART,
          Section.NETWORK,
          "Event loops that serve the sockets; 0 is half of the processors, at most 8. Commands that"
              + " write run on one thread of their own in any case.");

  // Security

  public static final Directive<String> REQUIREPASS =
      add(
          new Directive<>(
              "requirepass",
              List.of(),
              Section.SECURITY,
              new DirectiveType.Text(),
              "",
              RUNTIME,
              true,
              "Password of the default user; empty asks for none. Clients that are already"
                  + " connected stay as they are."));

  public static final Directive<String> ACLFILE =
      text(
          "aclfile",
          "",
          RESTART,
          Section.SECURITY,
          "File with one user in a line, as ACL LIST shows them; ACL LOAD reads it, ACL SAVE writes it."
              + " Empty for none: then users stand in lines of the configuration file, `user NAME RULE"
              + " ...`, which CONFIG REWRITE writes; those who are in neither last as long as the"
              + " server.");

  public static final Directive<Long> ACLLOG_MAX_LEN =
      number(
          "acllog-max-len",
          128,
          0,
          1_000_000,
          RUNTIME,
          Section.SECURITY,
          "Entries that ACL LOG keeps of commands and logins that were refused.");

  public static final Directive<Boolean> PROTECTED_MODE =
      bool(
          "protected-mode",
          true,
          RUNTIME,
          Section.SECURITY,
          "While there is no password, only clients of this machine are served.");

  public static final Directive<Choices.DebugCommand> ENABLE_DEBUG_COMMAND =
      choice(
          "enable-debug-command",
          Choices.DebugCommand.NO,
          RESTART,
          Section.SECURITY,
          "Who may use DEBUG: nobody, clients of this machine, everybody. For tests.");

  // Data and durability

  public static final Directive<String> DIR =
      text(
          "dir",
          "./",
          PROTECTED,
          Section.DURABILITY,
          "Folder of the store; made if it is missing. No two servers can open the same.");

  public static final Directive<Choices.AppendFsync> APPENDFSYNC =
      choice(
          "appendfsync",
          Choices.AppendFsync.ALWAYS,
          RESTART,
          Section.DURABILITY,
          "When a write is acknowledged. `always`: after it is on the disk. `everysec`: after the"
              + " operating system has it; a power cut loses at most about a second. `no`: the operating"
              + " system decides when it goes to the disk.");

  public static final Directive<Choices.Commit> COMMIT_MODE =
      choice(
          "commit-mode",
          Choices.Commit.AUTO,
          RESTART,
          Section.DURABILITY,
          "Which thread writes and syncs the log. `auto` measures the disk and decides: inline if a"
              + " sync is short, in a thread of its own if it is long.");

  public static final Directive<Long> WAL_SEGMENT_BYTES =
      memory(
          "wal-segment-bytes",
          64L << 20,
          64L << 10,
          1L << 30,
          RESTART,
          Section.DURABILITY,
          "Size of a file of the log. Files are filled with zeros ahead of time and used again.");

  public static final Directive<String> WAL_ARCHIVE_DIR =
      text(
          "wal-archive-dir",
          "",
          PROTECTED,
          Section.DURABILITY,
          "Folder to which the whole log is copied, so that a backup and it bring back any moment;"
              + " best on another disk. It has to be reachable at the start. Empty is none.");

  public static final Directive<Long> WAL_ARCHIVE_INTERVAL =
      number(
          "wal-archive-interval",
          10,
          0,
          Integer.MAX_VALUE,
          RESTART,
          Section.DURABILITY,
          "Seconds between copies of what is in the current log segment: what the archive may lack"
              + " when the machine is lost. 0 copies segments only when the log leaves them.");

  public static final Directive<Long> WAL_ARCHIVE_BACKLOG_BYTES =
      memory(
          "wal-archive-backlog-bytes",
          4L << 30,
          0,
          NO_MAX,
          RESTART,
          Section.DURABILITY,
          "Log that is kept for an archive that takes nothing. Beyond that the oldest segments are"
              + " given up, and the archive has a gap until the next backup; writes go on all along.");

  public static final Directive<Long> DISK_RESERVE_BYTES =
      memory(
          "disk-reserve-bytes",
          128L << 20,
          0,
          NO_MAX,
          RESTART,
          Section.DURABILITY,
          "Free space below which writes are refused, so that deletes, flushes and merges still have"
              + " room.");

  // Engine

  public static final Directive<Long> MEMTABLE_BYTES =
      memory(
          "memtable-bytes",
          64L << 20,
          64L << 10,
          16L << 30,
          RESTART,
          Section.ENGINE,
          "Memory of a memtable before it is flushed to a table. More means fewer runs and less write"
              + " amplification, and a longer replay after a crash.");

  public static final Directive<Long> SEALED_MEMTABLES_MAX =
      number(
          "sealed-memtables-max",
          4,
          1,
          64,
          RESTART,
          Section.ENGINE,
          "Full memtables that may wait for their flush before clients that write are slowed down.");

  public static final Directive<Long> BLOCK_CACHE_BYTES =
      memory(
          "block-cache-bytes",
          256L << 20,
          0,
          NO_MAX,
          RESTART,
          Section.ENGINE,
          "Memory for blocks of tables: data, index and filter. Lies outside of the Java heap.");

  public static final Directive<Long> ROW_CACHE_BYTES =
      memory(
          "row-cache-bytes",
          256L << 20,
          0,
          64L << 30,
          RESTART,
          Section.ENGINE,
          "Memory for single keys, and elements of large values, that were read from tables: so that"
              + " asking for them again costs no search. Lies outside of the Java heap.");

  public static final Directive<Long> BLOCK_BYTES =
      memory(
          "block-bytes",
          4L << 10,
          256,
          1L << 20,
          RESTART,
          Section.ENGINE,
          "Size of a data block before compression: what a read of one key has to fetch.");

  public static final Directive<Long> LARGE_VALUE_BYTES =
      memory(
          "large-value-bytes",
          4 << 10,
          0,
          1L << 30,
          RESTART,
          Section.ENGINE,
          "Values of at least so many bytes lie in files of their own, apart from the tables, so that"
              + " merges move references and not the values. Reading one that is not in memory costs"
              + " one read more. 0 keeps all values in the tables; less than 1kb does not pay. Counts"
              + " for what is written from then on.");

  public static final Directive<Choices.TableCompression> COMPRESSION =
      choice(
          "compression",
          Choices.TableCompression.LZ4,
          RESTART,
          Section.ENGINE,
          "Of young tables. The deepest level uses zstd unless this is `none`. Blocks that do not"
              + " shrink are stored as they are.");

  public static final Directive<Double> BLOOM_BITS =
      add(
          new Directive<>(
              "bloom-bits",
              List.of(),
              Section.ENGINE,
              new DirectiveType.Decimal(0, 64),
              10.0,
              RESTART,
              false,
              "Filter bits per key over all; young levels get more, the deepest less. 0 writes no"
                  + " filters."));

  public static final Directive<Long> COMPACTION_FANOUT =
      number(
          "compaction-fanout",
          8,
          2,
          64,
          RESTART,
          Section.ENGINE,
          "Runs of one level that are merged into one run of the next. More means less write"
              + " amplification and more runs to ask.");

  public static final Directive<Choices.Compaction> COMPACTION_MODE =
      choice(
          "compaction-mode",
          Choices.Compaction.TIERED,
          RUNTIME,
          Section.ENGINE,
          "What shape merges keep the tree in. `tiered` writes least; `lazy-leveled` and `leveled` take"
              + " less space and fewer runs for more writing; `time-window` suits series that expire,"
              + " whose tables then go unread. Any mode takes over what another left, merge by merge;"
              + " `varve simulate` shows what each costs.");

  public static final Directive<Long> COMPACTION_WINDOW_SECONDS =
      number(
          "compaction-window-seconds",
          86_400,
          1,
          Integer.MAX_VALUE,
          RESTART,
          Section.ENGINE,
          "Length of a window of `time-window`: a tenth or so of the time that entries live.");

  public static final Directive<Long> TABLE_BYTES =
      add(
          new Directive<>(
                  "table-bytes",
                  List.of(),
                  Section.ENGINE,
                  new DirectiveType.Memory(64L << 10, 16L << 30),
                  64L << 20,
                  RESTART,
                  false,
                  "Size at which a merge begins another table.")
              .alias("target-file-size"));

  public static final Directive<Long> TABLES_OPEN_MAX =
      number(
          "tables-open-max",
          4096,
          16,
          1_000_000,
          RESTART,
          Section.ENGINE,
          "Tables kept open at once; each costs a file descriptor.");

  public static final Directive<Long> MAX_BACKGROUND_MERGES =
      number(
          "max-background-merges",
          1,
          1,
          64,
          RESTART,
          Section.ENGINE,
          "Threads that merge; flushes have one of their own.");

  public static final Directive<Long> MERGE_BYTES_PER_SECOND =
      memory(
          "merge-bytes-per-second",
          0,
          0,
          NO_MAX,
          RUNTIME,
          Section.ENGINE,
          "Bound on what flushes and merges move, before compression. Merges wait for it, flushes only"
              + " count: they go first. Too small a bound slows writers down. 0 is none.");

  public static final Directive<Long> READER_THREADS =
      number(
          "reader-threads",
          8,
          1,
          256,
          RESTART,
          Section.ENGINE,
          "Threads that fetch blocks which are not in memory: how many reads the disk gets at once.");

  // Limits

  public static final Directive<Long> MAXCLIENTS =
      number(
          "maxclients",
          10_000,
          1,
          1_000_000,
          RUNTIME,
          Section.LIMITS,
          "Clients served at once; others get an error and are disconnected.");

  public static final Directive<Long> DATABASES =
      number(
          "databases",
          16,
          1,
          65_536,
          RESTART,
          Section.LIMITS,
          "Number of databases that SELECT knows.");

  public static final Directive<Long> PROTO_MAX_BULK_LEN =
      memory(
          "proto-max-bulk-len",
          512L << 20,
          1L << 20,
          1L << 30,
          RUNTIME,
          Section.LIMITS,
          "Longest argument of a command, and longest string.");

  public static final Directive<Long> BUSY_REPLY_THRESHOLD =
      add(
          new Directive<>(
              "busy-reply-threshold",
              List.of("lua-time-limit"),
              Section.LIMITS,
              new DirectiveType.Whole(0, NO_MAX),
              5000L,
              RUNTIME,
              false,
              "Milliseconds after which a running script may be killed, and others are told that it"
                  + " keeps them waiting."));

  public static final Directive<Long> CLIENT_QUERY_BUFFER_LIMIT =
      memory(
          "client-query-buffer-limit",
          1L << 30,
          1L << 20,
          1L << 30,
          RUNTIME,
          Section.LIMITS,
          "Longest request, all its arguments together.");

  public static final Directive<OutputBufferLimits> CLIENT_OUTPUT_BUFFER_LIMIT =
      add(
          new Directive<>(
              "client-output-buffer-limit",
              List.of(),
              Section.LIMITS,
              new DirectiveType.OutputLimits(),
              OutputBufferLimits.DEFAULT,
              RUNTIME,
              false,
              "Bytes of replies that may wait for a client which does not read, per class of clients"
                  + " (normal, replica, pubsub). Beyond the hard limit it is disconnected at once,"
                  + " beyond the soft one after the seconds given. 0 is no limit."));

  public static final Directive<Long> TRACKING_TABLE_MAX_KEYS =
      number(
          "tracking-table-max-keys",
          1_000_000,
          0,
          NO_MAX,
          RUNTIME,
          Section.LIMITS,
          "Keys that are remembered for clients which track what they read (CLIENT TRACKING). Beyond"
              + " it the one that was read longest ago counts as changed. 0 is no limit.");

  public static final Directive<String> NOTIFY_KEYSPACE_EVENTS =
      add(
          new Directive<>(
              "notify-keyspace-events",
              List.of(),
              Section.OBSERVATION,
              new EventLetters(),
              "",
              RUNTIME,
              false,
              "Which events of keys are published: `K` to the channel of the key, `E` to that of the"
                  + " event; `g` DEL, EXPIRE, RENAME and the like, `$` strings, `l` lists, `s` sets,"
                  + " `h` hashes, `z` sorted sets, `t` streams, `x` expired keys, `n` new keys, `m`"
                  + " reads that find nothing; `A` is all but `m` and `n`. With `m` all reads run on the"
                  + " command loop."));

  public static final Directive<Long> MAXMEMORY =
      memory(
          "maxmemory",
          0,
          0,
          NO_MAX,
          RUNTIME,
          Section.LIMITS,
          "Reported to clients that ask. Varve bounds its memory by `memtable-bytes`,"
              + " `block-cache-bytes` and the Java heap; data lies on disk and is never evicted.");

  // Values

  public static final Directive<Long> HASH_MAX_LISTPACK_ENTRIES =
      add(
          new Directive<>(
              "hash-max-listpack-entries",
              List.of("hash-max-ziplist-entries"),
              Section.VALUES,
              new DirectiveType.Whole(0, NO_MAX),
              128L,
              RUNTIME,
              false,
              "Fields up to which a hash is one record, read and rewritten as a whole. Larger ones have"
                  + " a record for each field. OBJECT ENCODING shows which: `listpack` or `hashtable`."));

  public static final Directive<Long> HASH_MAX_LISTPACK_VALUE =
      add(
          new Directive<>(
              "hash-max-listpack-value",
              List.of("hash-max-ziplist-value"),
              Section.VALUES,
              new DirectiveType.Whole(0, NO_MAX),
              64L,
              RUNTIME,
              false,
              "Bytes of the longest field or value in a hash that OBJECT ENCODING calls `listpack`."));

  public static final Directive<Long> SET_MAX_INTSET_ENTRIES =
      add(
          new Directive<>(
              "set-max-intset-entries",
              List.of(),
              Section.VALUES,
              new DirectiveType.Whole(0, NO_MAX),
              512L,
              RUNTIME,
              false,
              "Members up to which a set of whole numbers is one sorted record: `intset`."));

  public static final Directive<Long> SET_MAX_LISTPACK_ENTRIES =
      add(
          new Directive<>(
              "set-max-listpack-entries",
              List.of(),
              Section.VALUES,
              new DirectiveType.Whole(0, NO_MAX),
              128L,
              RUNTIME,
              false,
              "Members up to which any other set is one record: `listpack`."));

  public static final Directive<Long> SET_MAX_LISTPACK_VALUE =
      add(
          new Directive<>(
              "set-max-listpack-value",
              List.of(),
              Section.VALUES,
              new DirectiveType.Whole(0, NO_MAX),
              64L,
              RUNTIME,
              false,
              "Bytes of the longest member in a set that OBJECT ENCODING calls `listpack`."));

  public static final Directive<Long> LIST_MAX_LISTPACK_SIZE =
      add(
          new Directive<>(
              "list-max-listpack-size",
              List.of("list-max-ziplist-size"),
              Section.VALUES,
              new DirectiveType.Whole(Integer.MIN_VALUE, Integer.MAX_VALUE),
              -2L,
              RUNTIME,
              false,
              "Size up to which OBJECT ENCODING says `listpack` of a list: a number of elements, or -1 to"
                  + " -5 for 4 KiB to 64 KiB. How a list is kept does not depend on it."));

  public static final Directive<Long> ZSET_MAX_LISTPACK_ENTRIES =
      add(
          new Directive<>(
              "zset-max-listpack-entries",
              List.of("zset-max-ziplist-entries"),
              Section.VALUES,
              new DirectiveType.Whole(0, NO_MAX),
              128L,
              RUNTIME,
              false,
              "Members up to which a sorted set is one record: `listpack`. Larger ones have records for"
                  + " each member and an index of ranks: `skiplist`."));

  public static final Directive<Long> ZSET_MAX_LISTPACK_VALUE =
      add(
          new Directive<>(
              "zset-max-listpack-value",
              List.of("zset-max-ziplist-value"),
              Section.VALUES,
              new DirectiveType.Whole(0, NO_MAX),
              64L,
              RUNTIME,
              false,
              "Bytes of the longest member in a sorted set that OBJECT ENCODING calls `listpack`."));

  public static final Directive<Long> HLL_SPARSE_MAX_BYTES =
      memory(
          "hll-sparse-max-bytes",
          3000,
          0,
          NO_MAX,
          RUNTIME,
          Section.VALUES,
          "Bytes up to which a HyperLogLog is `sparse`, so that it takes as much as it holds; beyond"
              + " them it takes 12 KiB.");

  public static final Directive<Long> STREAM_NODE_MAX_ENTRIES =
      number(
          "stream-node-max-entries",
          100,
          0,
          NO_MAX,
          RUNTIME,
          Section.VALUES,
          "Entries in a step of approximate trimming (XADD and XTRIM with `~`): more means fewer and"
              + " larger deletes, and streams that stay longer. 0 is the default. How streams are kept"
              + " does not depend on it.");

  // Logs, metrics, administration

  public static final Directive<Choices.LogLevel> LOGLEVEL =
      choice(
          "loglevel",
          Choices.LogLevel.NOTICE,
          RUNTIME,
          Section.OBSERVATION,
          "How much is logged, in Redis' words.");

  public static final Directive<String> LOGFILE =
      text(
          "logfile",
          "",
          PROTECTED,
          Section.OBSERVATION,
          "File to log to; empty is standard output.");

  public static final Directive<Choices.LogFormat> LOG_FORMAT =
      choice(
          "log-format",
          Choices.LogFormat.TEXT,
          RESTART,
          Section.OBSERVATION,
          "One line per event: for people, or one JSON object for collectors.");

  public static final Directive<Long> ADMIN_PORT =
      number(
          "admin-port",
          9121,
          0,
          65535,
          RESTART,
          Section.OBSERVATION,
          "HTTP port with `/metrics` (Prometheus) and `/health`; 0 is off.");

  public static final Directive<List<String>> ADMIN_BIND =
      add(
          new Directive<>(
              "admin-bind",
              List.of(),
              Section.OBSERVATION,
              new DirectiveType.Words(),
              List.of("127.0.0.1"),
              RESTART,
              false,
              "Addresses of the HTTP port. It has no password: do not open it to strangers."));

  public static final Directive<Long> SLOWLOG_LOG_SLOWER_THAN =
      number(
          "slowlog-log-slower-than",
          10_000,
          -1,
          NO_MAX,
          RUNTIME,
          Section.OBSERVATION,
          "Microseconds from which a command enters the slow log; 0 logs all, -1 none.");

  public static final Directive<Long> SLOWLOG_MAX_LEN =
      number(
          "slowlog-max-len",
          128,
          0,
          1_000_000,
          RUNTIME,
          Section.OBSERVATION,
          "Entries kept in the slow log.");

  public static final Directive<Long> LATENCY_MONITOR_THRESHOLD =
      number(
          "latency-monitor-threshold",
          0,
          0,
          NO_MAX,
          RUNTIME,
          Section.OBSERVATION,
          "Milliseconds from which an event enters LATENCY; 0 is off.");

  public static final Directive<Boolean> LATENCY_TRACKING =
      add(
          new Directive<>(
              "latency-tracking",
              List.of(),
              Section.OBSERVATION,
              new DirectiveType.Bool(),
              true,
              RUNTIME,
              false,
              "Whether to keep how long commands took, for LATENCY HISTOGRAM and INFO latencystats."));

  public static final Directive<List<Double>> LATENCY_TRACKING_INFO_PERCENTILES =
      add(
          new Directive<>(
              "latency-tracking-info-percentiles",
              List.of(),
              Section.OBSERVATION,
              new DirectiveType.Percentiles(),
              List.of(50.0, 99.0, 99.9),
              RUNTIME,
              false,
              "What INFO latencystats shows of each command's durations."));

  public static final Directive<Long> HZ =
      number(
          "hz",
          10,
          1,
          500,
          RUNTIME,
          Section.OBSERVATION,
          "Rounds of background work per second: expired keys, idle clients.");

  // Accepted for Redis' sake

  public static final Directive<String> SAVE =
      fixed(
          "save",
          "",
          "There are no RDB snapshots by the clock: every write is in the log, and BGSAVE makes a"
              + " checkpoint.");

  public static final Directive<String> APPENDONLY =
      fixed("appendonly", "yes", "Every write is logged; `appendfsync` says how safely.");

  public static final Directive<Choices.MaxMemoryPolicy> MAXMEMORY_POLICY =
      choice(
          "maxmemory-policy",
          Choices.MaxMemoryPolicy.NOEVICTION,
          RUNTIME,
          Section.COMPATIBILITY,
          "Nothing is evicted.");

  public static final Directive<Long> LIST_COMPRESS_DEPTH =
      number(
          "list-compress-depth",
          0,
          0,
          Integer.MAX_VALUE,
          RUNTIME,
          Section.COMPATIBILITY,
          "Without effect: blocks of tables are compressed, whatever lies in them (`compression`).");

  public static final Directive<Boolean> AOF_USE_RDB_PREAMBLE =
      bool(
          "aof-use-rdb-preamble",
          false,
          RUNTIME,
          Section.COMPATIBILITY,
          "Without effect: there is no AOF, and the log is never rewritten.");

  public static final Directive<Long> STREAM_NODE_MAX_BYTES =
      memory(
          "stream-node-max-bytes",
          4096,
          0,
          NO_MAX,
          RUNTIME,
          Section.COMPATIBILITY,
          "Without effect: there are no nodes, each entry is a record.");

  /// Directives of redis.conf that have no meaning here: read over with a warning, so that a file of
  /// Redis works.
  static final Set<String> INAPPLICABLE =
      Set.of(
          "activedefrag",
          "active-expire-effort",
          "activerehashing",
          "always-show-logo",
          "aof-load-truncated",
          "aof-rewrite-incremental-fsync",
          "aof-timestamp-enabled",
          "appenddirname",
          "appendfilename",
          "auto-aof-rewrite-min-size",
          "auto-aof-rewrite-percentage",
          "bind-source-addr",
          "crash-log-enabled",
          "crash-memcheck-enabled",
          "daemonize",
          "dbfilename",
          "disable-thp",
          "dynamic-hz",
          "enable-module-command",
          "enable-protected-configs",
          "io-threads-do-reads",
          "jemalloc-bg-thread",
          "lazyfree-lazy-eviction",
          "lazyfree-lazy-expire",
          "lazyfree-lazy-server-del",
          "lazyfree-lazy-user-del",
          "lazyfree-lazy-user-flush",
          "lfu-decay-time",
          "lfu-log-factor",
          "locale-collate",
          "maxmemory-clients",
          "maxmemory-eviction-tenacity",
          "maxmemory-samples",
          "no-appendfsync-on-rewrite",
          "oom-score-adj",
          "oom-score-adj-values",
          "pidfile",
          "proc-title-template",
          "rdb-del-sync-files",
          "rdb-save-incremental-fsync",
          "rdbchecksum",
          "rdbcompression",
          "repl-backlog-size",
          "repl-backlog-ttl",
          "repl-disable-tcp-nodelay",
          "repl-diskless-load",
          "repl-diskless-sync",
          "repl-diskless-sync-delay",
          "repl-diskless-sync-max-replicas",
          "replica-lazy-flush",
          "replica-priority",
          "replica-read-only",
          "replica-serve-stale-data",
          "sanitize-dump-payload",
          "set-proc-title",
          "shutdown-on-sigint",
          "shutdown-on-sigterm",
          "shutdown-timeout",
          "slave-lazy-flush",
          "slave-priority",
          "slave-read-only",
          "slave-serve-stale-data",
          "socket-mark-id",
          "stop-writes-on-bgsave-error",
          "supervised",
          "syslog-enabled",
          "syslog-facility",
          "syslog-ident",
          "unixsocket",
          "unixsocketperm");

  private static final List<Directive<?>> ALL = List.copyOf(TABLE);
  private static final Map<String, Integer> INDEX_BY_NAME = indexByName();

  private Directives() {}

  /// All directives, in the order of the documentation.
  public static List<Directive<?>> all() {
    return ALL;
  }

  /// By name or alias, in any case; null if there is none.
  public static @Nullable Directive<?> find(String name) {
    Integer index = INDEX_BY_NAME.get(name.toLowerCase(Locale.ROOT));
    return index == null ? null : ALL.get(index);
  }

  static int indexOf(Directive<?> directive) {
    Integer index = INDEX_BY_NAME.get(directive.name());
    if (index == null) {
      throw new IllegalArgumentException("not in the table: " + directive.name());
    }
    return index;
  }

  private static Map<String, Integer> indexByName() {
    Map<String, Integer> index = new HashMap<>();
    for (int i = 0; i < ALL.size(); i++) {
      List<String> names = new ArrayList<>(ALL.get(i).aliases());
      names.add(ALL.get(i).name());
      for (String name : names) {
        if (index.put(name, i) != null || INAPPLICABLE.contains(name)) {
          throw new IllegalStateException("directive named twice: " + name);
        }
      }
    }
    return index;
  }

  private static <T> Directive<T> add(Directive<T> directive) {
    TABLE.add(directive);
    return directive;
  }

  private static Directive<Boolean> bool(
      String name, boolean initial, Change change, Section section, String doc) {
    return add(
        new Directive<>(
            name, List.of(), section, new DirectiveType.Bool(), initial, change, false, doc));
  }

  private static Directive<Long> number(
      String name, long initial, long min, long max, Change change, Section section, String doc) {
    return add(
        new Directive<>(
            name,
            List.of(),
            section,
            new DirectiveType.Whole(min, max),
            initial,
            change,
            false,
            doc));
  }

  private static Directive<Long> memory(
      String name, long initial, long min, long max, Change change, Section section, String doc) {
    return add(
        new Directive<>(
            name,
            List.of(),
            section,
            new DirectiveType.Memory(min, max),
            initial,
            change,
            false,
            doc));
  }

  private static <E extends Enum<E>> Directive<E> choice(
      String name, E initial, Change change, Section section, String doc) {
    return add(
        new Directive<>(
            name,
            List.of(),
            section,
            new DirectiveType.Choice<>(initial.getDeclaringClass()),
            initial,
            change,
            false,
            doc));
  }

  private static Directive<String> text(
      String name, String initial, Change change, Section section, String doc) {
    return add(
        new Directive<>(
            name, List.of(), section, new DirectiveType.Text(), initial, change, false, doc));
  }

  private static Directive<String> fixed(String name, String value, String doc) {
    return add(
        new Directive<>(
            name,
            List.of(),
            Section.COMPATIBILITY,
            new DirectiveType.Fixed(value),
            value,
            RUNTIME,
            false,
            doc));
  }
}
