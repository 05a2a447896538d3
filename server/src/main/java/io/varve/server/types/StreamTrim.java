package io.varve.server.types;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many entries a stream may keep, of which the oldest go first.
///
/// Approximate trimming goes in steps of `stream-node-max-entries`, so that one range delete pays for
/// many appends; Redis goes in the steps of its nodes, which hold as many.
///
/// @param maxLength greatest number of entries; not used if there is `minId`
/// @param minId lowest id that stays, or null
/// @param step only multiples of this are removed, or all: 1 if trimming is exact
/// @param limit greatest number of entries to remove, 0 if there is none
public record StreamTrim(long maxLength, @Nullable StreamId minId, long step, long limit) {

  /// Up to so many entries are deleted one by one.
  private static final int SINGLE_DELETES_MAX = 8;

  /// Removes entries and returns how many.
  public long apply(Stream stream) {
    long length = stream.length();
    boolean byCount = minId == null || minId.compareTo(stream.lastId()) > 0;
    long most = length;
    if (byCount) {
      most -= minId == null ? Math.min(maxLength, length) : 0;
    }
    most = limit > 0 ? Math.min(most, limit) : most;
    most -= most < length ? most % step : 0;
    if (most <= 0) {
      return 0;
    }
    if (!byCount) {
      return removeUpTo(stream, most, minId);
    }
    if (most == length) {
      stream.removeFront(length, null);
      return length;
    }
    return length - most < most
        ? removeAllButLast(stream, length - most)
        : removeUpTo(stream, most, null);
  }

  /// Removes entries from the front until there were enough or one reaches an id.
  private long removeUpTo(Stream stream, long most, @Nullable StreamId end) {
    List<StreamId> few = new ArrayList<>(SINGLE_DELETES_MAX);
    long walked = 0;
    long removed = 0;
    StreamId boundary = null;
    boolean ended;
    try (StreamRange range = stream.range(StreamId.MIN, StreamId.MAX, false)) {
      while (true) {
        ended = !range.next();
        if (ended || walked % step == 0) {
          removed = walked;
          boundary = ended ? null : range.id();
        }
        if (ended || walked == most || (end != null && range.id().compareTo(end) >= 0)) {
          break;
        }
        if (walked < SINGLE_DELETES_MAX) {
          few.add(range.id());
        }
        walked++;
      }
    }
    if (removed == 0) {
      return 0;
    }
    if (removed <= SINGLE_DELETES_MAX && removed == few.size()) {
      stream.removeFront(few, removed, boundary);
    } else {
      stream.removeFront(removed, boundary);
    }
    return removed;
  }

  /// Finds the boundary from the end where that is the shorter way.
  private static long removeAllButLast(Stream stream, long kept) {
    StreamId boundary = StreamId.MAX;
    try (StreamRange range = stream.range(StreamId.MIN, StreamId.MAX, true)) {
      for (long i = 0; i < kept && range.next(); i++) {
        boundary = range.id();
      }
    }
    long removed = stream.length() - kept;
    stream.removeFront(removed, boundary);
    return removed;
  }
}
