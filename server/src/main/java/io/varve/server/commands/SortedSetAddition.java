package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.CommandException;
import io.varve.server.commands.SortedSetCommands.AddOptions;
import io.varve.server.types.SortedSet;

/// What one ZADD or ZINCRBY does, pair by pair. Belongs to one execution.
final class SortedSetAddition {

  private final AddOptions options;
  private int added;
  private int updated;
  private boolean processed;
  private double lastScore;

  SortedSetAddition(AddOptions options) {
    this.options = options;
  }

  void add(SortedSet set, Slice member, double given) {
    double old = set.score(member);
    if (Double.isNaN(old)) {
      if (!options.onlyExisting()) {
        set.put(member, old, given);
        added++;
        processed(given);
      }
      return;
    }
    if (options.onlyNew()) {
      return;
    }
    double score = options.increments() ? old + given : given;
    if (Double.isNaN(score)) {
      throw new CommandException("ERR resulting score is not a number (NaN)");
    }
    if ((options.onlyLess() && score >= old) || (options.onlyGreater() && score <= old)) {
      return;
    }
    if (score != old) {
      set.put(member, old, score);
      updated++;
    }
    processed(score);
  }

  private void processed(double score) {
    processed = true;
    lastScore = score;
  }

  int added() {
    return added;
  }

  /// Members added, and scores changed.
  int changed() {
    return added + updated;
  }

  /// Whether no condition kept the last pair away.
  boolean isProcessed() {
    return processed;
  }

  /// The score that the last pair has now.
  double lastScore() {
    return lastScore;
  }
}
