package io.varve.server.cli;

import io.varve.server.config.Configuration;

/// How `serve` gets a server. Implemented by the roof.
@FunctionalInterface
public interface ServerStarter {

  /// A server that accepts connections.
  interface Running extends AutoCloseable {
    /// Returns when the server has stopped, whoever stopped it.
    void awaitStop() throws InterruptedException;

    /// Stops it and returns when all it had acknowledged is safe.
    @Override
    void close();
  }

  /// Returns when the server accepts connections.
  ///
  /// @throws Exception if it cannot: the message is for the operator
  Running start(Configuration configuration) throws Exception;
}
