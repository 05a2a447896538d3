package io.varve.bench.torture;

import io.varve.bench.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// SIGKILL at a random moment under writes, and a start on what is there.
record KillFault() implements Fault {

  private static final int WRITING_MILLIS_MIN = 20;
  private static final int WRITING_MILLIS_MAX = 1_000;

  @Override
  public @Nullable String obstacle() {
    return null;
  }

  @Override
  public void run(Ground ground, long deadlineNanos) throws IOException, InterruptedException {
    Path store = ground.scratch().resolve("store");
    ServerProcess server = ground.start(store);
    do {
      if (server == null) {
        return;
      }
      ground.tally().round();
      ground.crowd().start(server.target(), Writer.Refusal.WRONG);
      ground.pause(WRITING_MILLIS_MIN, WRITING_MILLIS_MAX);
      ground.expectAlive(server);
      server.kill();
      ground.crowd().stop();
      server = ground.start(store);
      if (server != null) {
        ground.crowd().check(server.target());
      }
    } while (ground.goesOn(deadlineNanos));
    if (server != null) {
      server.kill();
    }
  }
}
