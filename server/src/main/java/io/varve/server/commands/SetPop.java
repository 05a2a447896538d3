package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.types.CollectionWalk;
import io.varve.server.types.Sampling;
import io.varve.server.types.SetEditor;
import io.varve.server.types.SetView;
import java.util.ArrayList;
import java.util.List;

/// SPOP: removes and returns one random member, or several.
///
/// Each member that goes is a tombstone; a set of which all go is removed in constant time. There is no
/// gain in writing the rest anew as Redis does when little is left: that would cost a write for each
/// member that stays, on top of the range tombstone.
final class SetPop {

  private SetPop() {}

  static void execute(Invocation in) {
    Arguments args = in.args();
    if (args.count() > 3) {
      throw Errors.syntax();
    }
    if (args.count() == 2) {
      one(in);
    } else {
      several(in, count(args));
    }
  }

  private static long count(Arguments args) {
    CommandException refusal = new CommandException("ERR value is out of range, must be positive");
    long count = args.longAt(2, refusal);
    if (count < 0) {
      throw refusal;
    }
    return count;
  }

  private static void one(Invocation in) {
    Database db = in.db();
    Slice key = in.args().get(1);
    SetView set = SetView.findForWrite(db, key);
    if (set == null) {
      in.reply().nullBulk();
      return;
    }
    Slice member;
    try (CollectionWalk walk = set.walk()) {
      walk.seekRandom(in.random());
      member = walk.name().copy();
    }
    remove(db, key, List.of(member));
    Replies.bulk(in.reply(), member);
  }

  private static void several(Invocation in, long count) {
    Database db = in.db();
    Slice key = in.args().get(1);
    ReplyWriter reply = in.reply();
    SetView set = SetView.findForWrite(db, key);
    if (set == null || count == 0) {
      reply.set(0);
      return;
    }
    if (count >= set.size()) {
      SetCommands.replyAll(reply, set);
      removeAll(db, key);
      return;
    }
    List<Slice> popped = new ArrayList<>();
    reply.set(Replies.size(count, 1));
    try (CollectionWalk walk = set.walk()) {
      Sampling.distinct(
          walk,
          set.size(),
          count,
          in.random(),
          () -> {
            Slice member = walk.name();
            Replies.bulk(reply, member);
            popped.add(member.copy());
          });
    }
    remove(db, key, popped);
  }

  private static void remove(Database db, Slice key, List<Slice> members) {
    SetEditor set = SetEditor.open(db, key, new KeyEntry());
    for (Slice member : members) {
      set.remove(member);
    }
    SetCommands.finish(db, key, set, "spop");
  }

  private static void removeAll(Database db, Slice key) {
    KeyEntry entry = db.findForWrite(key);
    if (entry != null) {
      db.event(KeyEventClass.SET, "spop", key);
      db.remove(key, entry);
      db.event(KeyEventClass.GENERIC, "del", key);
    }
  }
}
