package io.varve.server.replica;

import com.moilioncircle.redis.replicator.Configuration;
import com.moilioncircle.redis.replicator.RedisSocketReplicator;
import com.moilioncircle.redis.replicator.cmd.CommandName;
import com.moilioncircle.redis.replicator.cmd.parser.DefaultCommandParser;
import com.moilioncircle.redis.replicator.rdb.dump.DumpRdbVisitor;
import java.io.IOException;
import java.util.Set;

/// What a Redis sends its replicas: values as DUMP gives them, commands as they are.
///
/// If the connection breaks the library takes it up where it was, as long as the source still has what was
/// missed.
final class ReplicationStream extends RedisSocketReplicator {

  private static final int RETRIES = 5;

  /// @param commandNames all that the source knows: one that nobody has named would be passed over
  ReplicationStream(Address source, Set<String> commandNames) {
    super(source.host(), source.port(), configuration(source));
    setRdbVisitor(new DumpRdbVisitor(this));
    DefaultCommandParser asItIs = new DefaultCommandParser();
    commands.replaceAll((_, _) -> asItIs);
    for (String name : commandNames) {
      addCommandParser(CommandName.name(name), asItIs);
    }
  }

  private static Configuration configuration(Address source) {
    Configuration configuration =
        Configuration.defaultSetting()
            .setRetries(RETRIES)
            .setAsyncCachedBytes(0)
            .setUseDefaultExceptionListener(false);
    if (source.password() != null) {
      configuration.setAuthUser(source.user()).setAuthPassword(source.password());
    }
    return configuration;
  }

  /// Ends the stream, and the wait for its next bytes. Any thread.
  void stop() {
    try {
      close();
      if (socket != null) {
        socket.shutdownInput();
      }
    } catch (IOException _) {
      // It has ended by itself.
    }
  }
}
