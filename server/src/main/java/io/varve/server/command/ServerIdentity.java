package io.varve.server.command;

/// Facts about the process that hold as long as it lives.
///
/// @param version of Varve
/// @param runId 40 hexadecimal digits, different for every start
/// @param port TCP port, 0 if none
/// @param configFile absolute path, empty if there is none
/// @param transport how sockets are polled: `epoll`, `io_uring`, `nio`
/// @param startedMillis milliseconds since the epoch
public record ServerIdentity(
    String version,
    String runId,
    int port,
    String configFile,
    String transport,
    long startedMillis) {

  /// Version of Redis whose behaviour is offered; what clients see in HELLO and INFO.
  public static final String REDIS_VERSION = "7.2.0";
}
