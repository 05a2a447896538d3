package io.varve.server.cli;

import io.varve.server.config.Configuration;

/// How `serve` gets a server. Implemented by the roof.
@FunctionalInterface
public interface ServerStarter {

  /// A server that accepts connections.
  interface Running extends AutoCloseable {
    /// Returns when the server is to stop, whoever wants it.
    ///
    /// @return false if it is a fault that it must not go on with
    boolean awaitStop() throws InterruptedException;

    /// Stops it and returns when all it had acknowledged is safe.
    @Override
    void close();
  }

  /// Returns when the server accepts connections.
  ///
  /// @throws io.varve.engine.error.EngineException if the store cannot be opened
  /// @throws IllegalStateException if an address cannot be listened on
  /// @throws IllegalArgumentException if a setting does not fit this machine
  Running start(Configuration configuration);
}
