package io.varve.server.pubsub;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The clients that are shown all commands (MONITOR). Command loop only.
public final class Monitors {

  private final Set<PushTarget> targets = new LinkedHashSet<>();

  public void add(PushTarget target) {
    targets.add(target);
  }

  public void remove(PushTarget target) {
    targets.remove(target);
  }

  public boolean isEmpty() {
    return targets.isEmpty();
  }

  /// Shows all of them a line.
  public void show(PushMessage line) {
    for (PushTarget target : List.copyOf(targets)) {
      target.push(line);
    }
  }
}
