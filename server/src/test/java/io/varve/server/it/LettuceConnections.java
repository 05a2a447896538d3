package io.varve.server.it;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;

/// Makes clients of Lettuce for the server under test; they share their threads.
final class LettuceConnections {

  private static final ClientResources RESOURCES = ClientResources.create();

  private LettuceConnections() {}

  static RedisClient client(ProtocolVersion version) {
    RedisURI uri = RedisURI.create(ServerUnderTest.host(), ServerUnderTest.port());
    RedisClient client = RedisClient.create(RESOURCES, uri);
    client.setOptions(
        ClientOptions.builder().protocolVersion(version).autoReconnect(false).build());
    return client;
  }
}
