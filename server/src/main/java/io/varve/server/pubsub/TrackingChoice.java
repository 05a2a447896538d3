package io.varve.server.pubsub;

import io.varve.engine.bytes.Slice;
import java.util.List;

/// What a client has chosen by CLIENT TRACKING ON. Immutable.
///
/// @param broadcast told of all keys with the prefixes, not of those that it has read
/// @param optIn only the command behind CLIENT CACHING YES counts as reading
/// @param optOut the command behind CLIENT CACHING NO does not count as reading
/// @param noLoop not told of its own changes
/// @param redirect number of the client that is told in its place, 0 if none
/// @param prefixes of broadcasting; an empty one is all keys
public record TrackingChoice(
    boolean broadcast,
    boolean optIn,
    boolean optOut,
    boolean noLoop,
    long redirect,
    List<Slice> prefixes) {

  public TrackingChoice {
    prefixes = List.copyOf(prefixes);
  }
}
