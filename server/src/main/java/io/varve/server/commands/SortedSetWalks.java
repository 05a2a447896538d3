package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.READONLY;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.DoubleText;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.Command;
import io.varve.server.command.Invocation;
import io.varve.server.types.ScoredWalk;
import io.varve.server.types.SortedSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Commands that go through sorted sets by hash: ZSCAN, ZRANDMEMBER. Stateless.
final class SortedSetWalks {

  private SortedSetWalks() {}

  static List<Command> table() {
    return List.of(
        SortedSetCommands.define("zrandmember", -2, SortedSetWalks::random, "6.2.0", READONLY)
            .complexity("O(N) with the number of members asked for")
            .summary("Returns random members.")
            .build(),
        SortedSetCommands.define("zscan", -3, SortedSetWalks::scan, "2.8.0", READONLY)
            .complexity("O(COUNT) for each call")
            .summary("Walks the members and scores, a piece for each call.")
            .build());
  }

  private static void random(Invocation in) {
    Arguments args = in.args();
    boolean counted = args.count() > 2;
    long count = counted ? RandomElements.count(args, "WITHSCORES") : 1;
    SortedSet set = SortedSet.find(in.db(), args.get(1));
    if (!counted) {
      one(in, set);
      return;
    }
    if (set == null || count == 0) {
      in.reply().array(0);
      return;
    }
    ReplyWriter reply = in.reply();
    boolean withScores = args.count() == 4;
    long elements = RandomElements.replySize(set.size(), count);
    Replies.size(elements, 2);
    SortedSetReplies.begin(reply, elements, withScores);
    try (ScoredWalk walk = set.memberWalk()) {
      RandomElements.choose(
          walk,
          set.size(),
          count,
          in.random(),
          () -> SortedSetReplies.element(reply, walk.name(), walk.score(), withScores));
    }
  }

  private static void one(Invocation in, @Nullable SortedSet set) {
    if (set == null) {
      in.reply().nullBulk();
      return;
    }
    try (ScoredWalk walk = set.memberWalk()) {
      walk.seekRandom(in.random());
      Replies.bulk(in.reply(), walk.name());
    }
  }

  private static void scan(Invocation in) {
    Arguments args = in.args();
    long cursor = ScanOptions.cursor(args, 2);
    SortedSet set = SortedSet.find(in.db(), args.get(1));
    ScannedElements found = new ScannedElements();
    if (set == null) {
      found.reply(in.reply(), 0);
      return;
    }
    ScanOptions options = ScanOptions.ofElements(args);
    try (ScoredWalk walk = set.memberWalk()) {
      cursor =
          walk.scan(
              cursor,
              options.count(),
              () -> {
                if (options.accepts(walk.name())) {
                  found.add(walk.name());
                  found.add(Slice.of(DoubleText.bytes(walk.score())));
                }
              });
    }
    found.reply(in.reply(), cursor);
  }
}
