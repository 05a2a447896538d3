package io.varve.server.metrics;

import io.varve.engine.EngineStats;
import io.varve.server.command.CommandStatistics;
import io.varve.server.command.CommandTable;
import io.varve.server.keyspace.DatabaseStatistics;
import io.varve.server.session.SessionRegistry;
import java.util.List;

/// Where the figures come from. Implemented by the roof; asked by the thread that serves a scrape,
/// while everything goes on.
public interface MetricsSource {

  EngineStats engine();

  CommandTable commands();

  CommandStatistics statistics();

  SessionRegistry sessions();

  /// The databases that have keys.
  List<DatabaseStatistics> databases();

  ServerFigures server();

  /// What the server's own rooms count.
  ///
  /// @param version of Varve
  /// @param uptimeMillis since the start
  /// @param poisoned whether writes are refused for good because the disk failed one
  /// @param bytesIn received from clients
  /// @param bytesOut sent to clients
  /// @param rounds of the command loop that finished something
  /// @param submissions socket reads whose requests are all answered
  /// @param parked times that a command waited for a block that was not in memory
  /// @param waitsForRoom times that a write waited for the engine
  /// @param diskFailures commands that the disk failed
  /// @param pausedConnections connections that are not read right now because of what they wrote
  record ServerFigures(
      String version,
      long uptimeMillis,
      boolean poisoned,
      long bytesIn,
      long bytesOut,
      long rounds,
      long submissions,
      long parked,
      long waitsForRoom,
      long diskFailures,
      long pausedConnections) {}
}
