package io.varve.server.commands;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.types.CollectionWalk;
import io.varve.server.types.FieldWalk;
import io.varve.server.types.HashView;
import io.varve.server.types.Sampling;
import io.varve.server.types.SetView;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// HRANDFIELD and SRANDMEMBER: one random element; or several different ones; or, for a negative number,
/// several of which some may be the same.
final class RandomElements {

  private RandomElements() {}

  static void ofHash(Invocation in) {
    Arguments args = in.args();
    if (args.count() == 2) {
      one(in);
      return;
    }
    long count = count(args, "WITHVALUES");
    boolean withValues = args.count() == 4;
    HashView hash = HashView.find(in.db(), args.get(1));
    if (hash == null || count == 0 || hash.size() == 0) {
      in.reply().array(0);
      return;
    }
    try (FieldWalk walk = hash.walk()) {
      if (withValues) {
        fieldsAndValues(in, walk, hash.size(), count);
      } else {
        names(in, walk, hash.size(), count);
      }
    }
  }

  static void ofSet(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 3) {
      throw Errors.syntax();
    }
    boolean one = args.count() == 2;
    long count = one ? 1 : args.longAt(2, -Long.MAX_VALUE, Long.MAX_VALUE);
    SetView set = SetView.find(in.db(), args.get(1));
    if (one) {
      oneMember(in, set);
    } else if (set == null || count == 0) {
      in.reply().array(0);
    } else {
      try (CollectionWalk walk = set.walk()) {
        names(in, walk, set.size(), count);
      }
    }
  }

  private static void oneMember(Invocation in, @Nullable SetView set) {
    if (set == null) {
      in.reply().nullBulk();
      return;
    }
    try (CollectionWalk walk = set.walk()) {
      walk.seekRandom(in.random());
      Replies.bulk(in.reply(), walk.name());
    }
  }

  /// The number of elements that is asked for, behind which only one word may stand.
  static long count(Arguments args, String word) {
    long count = args.longAt(2, -Long.MAX_VALUE, Long.MAX_VALUE);
    if (args.count() > 4 || (args.count() == 4 && !args.is(3, word))) {
      throw Errors.syntax();
    }
    if (args.count() == 4 && (count < -Long.MAX_VALUE / 2 || count > Long.MAX_VALUE / 2)) {
      throw new CommandException("ERR value is out of range");
    }
    return count;
  }

  private static void one(Invocation in) {
    HashView hash = HashView.find(in.db(), in.args().get(1));
    if (hash == null || hash.size() == 0) {
      in.reply().nullBulk();
      return;
    }
    try (FieldWalk walk = hash.walk()) {
      walk.seekRandom(in.random());
      Replies.bulk(in.reply(), walk.name());
    }
  }

  /// Replies with names of elements.
  ///
  /// @param size elements of the collection, not 0
  /// @param count not 0
  static void names(Invocation in, CollectionWalk walk, long size, long count) {
    ReplyWriter reply = in.reply();
    reply.array(Replies.size(replySize(size, count), 1));
    choose(walk, size, count, in.random(), () -> Replies.bulk(reply, walk.name()));
  }

  /// In RESP2 one flat array, in RESP3 an array of pairs.
  private static void fieldsAndValues(Invocation in, FieldWalk walk, long size, long count) {
    ReplyWriter reply = in.reply();
    boolean pairs = reply.version() >= 3;
    reply.array(Replies.size(replySize(size, count), pairs ? 1 : 2));
    choose(
        walk,
        size,
        count,
        in.random(),
        () -> {
          if (pairs) {
            reply.array(2);
          }
          Replies.bulk(reply, walk.name());
          Replies.bulk(reply, walk.value());
        });
  }

  static long replySize(long size, long count) {
    return count < 0 ? -count : Math.min(count, size);
  }

  /// Moves a walk to random elements and calls for each.
  ///
  /// @param count negative if one may come twice
  static void choose(
      CollectionWalk walk, long size, long count, SplittableRandom random, Runnable chosen) {
    if (count > 0) {
      Sampling.distinct(walk, size, Math.min(count, size), random, chosen);
      return;
    }
    for (long i = 0; i < -count; i++) {
      walk.seekRandom(random);
      chosen.run();
    }
  }
}
