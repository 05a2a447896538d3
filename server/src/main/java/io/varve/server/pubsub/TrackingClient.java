package io.varve.server.pubsub;

import org.jspecify.annotations.Nullable;

/// A client that keeps what it reads and wants to know when that has changed. Command loop only.
public final class TrackingClient {

  private final PushTarget target;
  private @Nullable TrackingChoice choice;
  private boolean cachingGiven;
  private boolean redirectBroken;

  public TrackingClient(PushTarget target) {
    this.target = target;
  }

  PushTarget target() {
    return target;
  }

  /// What it chose, null while tracking is off. Changed through [Tracking] alone.
  public @Nullable TrackingChoice choice() {
    return choice;
  }

  void choose(@Nullable TrackingChoice newChoice) {
    choice = newChoice;
    redirectBroken = false;
    if (newChoice == null) {
      cachingGiven = false;
    }
  }

  /// Whether CLIENT CACHING said something of the next command.
  public boolean isCachingGiven() {
    return cachingGiven;
  }

  public void cachingGiven(boolean given) {
    cachingGiven = given;
  }

  /// Whether the client that is to be told in its place is gone.
  public boolean isRedirectBroken() {
    return redirectBroken;
  }

  void redirectBroken() {
    redirectBroken = true;
  }

  /// Whether what it reads now is to be remembered.
  public boolean remembersReads() {
    TrackingChoice now = choice;
    return now != null
        && !now.broadcast()
        && !(now.optIn() && !cachingGiven)
        && !(now.optOut() && cachingGiven);
  }
}
