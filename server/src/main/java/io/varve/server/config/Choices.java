package io.varve.server.config;

/// The values of directives that offer a few. Written in lower case outside.
public final class Choices {

  private Choices() {}

  /// `appendfsync`: when a write counts as durable.
  public enum AppendFsync {
    ALWAYS,
    EVERYSEC,
    NO
  }

  /// `commit-mode`: which thread writes the log.
  public enum Commit {
    AUTO,
    INLINE,
    THREADED
  }

  /// `compaction-mode`: what shape the tree has.
  public enum Compaction {
    TIERED,
    LAZY_LEVELED,
    LEVELED,
    TIME_WINDOW;

    /// Joined by `-`, as the directives' names are.
    @Override
    public String toString() {
      return name().replace('_', '-');
    }
  }

  /// `compression`: of the younger levels' tables.
  public enum TableCompression {
    NONE,
    LZ4,
    ZSTD
  }

  /// `enable-debug-command`: who may use DEBUG.
  public enum DebugCommand {
    NO,
    LOCAL,
    YES
  }

  /// `log-format`: how an event is written.
  public enum LogFormat {
    TEXT,
    JSON
  }

  /// `loglevel`: in Redis' words.
  public enum LogLevel {
    DEBUG,
    VERBOSE,
    NOTICE,
    WARNING,
    NOTHING
  }

  /// `maxmemory-policy`: data lies on disk, so nothing is ever evicted.
  public enum MaxMemoryPolicy {
    NOEVICTION
  }

  /// `transport`: how sockets are served.
  public enum Transport {
    AUTO,
    EPOLL,
    IO_URING,
    NIO
  }
}
