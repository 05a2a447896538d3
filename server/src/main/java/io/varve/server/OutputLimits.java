package io.varve.server;

import io.varve.server.config.Configuration;
import io.varve.server.config.OutputBufferLimits;
import io.varve.server.net.OutputLimit;
import io.varve.server.session.Session;

/// `client-output-buffer-limit` as the sockets apply it.
record OutputLimits(OutputLimit normal, OutputLimit pubSub) {

  static OutputLimits of(Configuration configuration) {
    OutputBufferLimits limits = configuration.clientOutputBufferLimits();
    return new OutputLimits(limit(limits.normal()), limit(limits.pubsub()));
  }

  OutputLimit of(Session session) {
    return session.isSubscribed() ? pubSub : normal;
  }

  private static OutputLimit limit(OutputBufferLimits.Limit limit) {
    return new OutputLimit(limit.hardBytes(), limit.softBytes(), limit.softSeconds() * 1000L);
  }
}
