package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.types.RankKey;

/// How elements of sorted sets are replied: RESP2 has members and scores in turn in one array, RESP3 a pair
/// for each element. Stateless.
final class SortedSetReplies {

  private SortedSetReplies() {}

  /// Announces elements; that many calls of [#element] follow.
  static void begin(ReplyWriter reply, long elements, boolean withScores) {
    boolean flat = withScores && reply.version() == 2;
    reply.array(Math.toIntExact(flat ? 2 * elements : elements));
  }

  static void element(ReplyWriter reply, Slice rankKey, boolean withScores) {
    element(reply, RankKey.member(rankKey), RankKey.score(rankKey), withScores);
  }

  static void element(ReplyWriter reply, Slice member, double score, boolean withScores) {
    if (withScores && reply.version() > 2) {
      reply.array(2);
    }
    reply.bulk(member.segment(), member.offset(), member.length());
    if (withScores) {
      reply.doubleValue(score);
    }
  }

  /// A pair, whatever the protocol: what ZMPOP answers with.
  static void pair(ReplyWriter reply, Slice rankKey) {
    reply.array(2);
    flat(reply, rankKey);
  }

  /// Member and score, as two elements of what was begun.
  static void flat(ReplyWriter reply, Slice rankKey) {
    Slice member = RankKey.member(rankKey);
    reply.bulk(member.segment(), member.offset(), member.length());
    reply.doubleValue(RankKey.score(rankKey));
  }
}
