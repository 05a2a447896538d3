package io.varve.server.admin;

/// What the HTTP port shows. Implemented by whoever knows; called on the port's own event loop.
public interface AdminPages {

  /// All metrics in the text format of Prometheus.
  String metrics();

  /// How the server is, right now.
  Health health();
}
