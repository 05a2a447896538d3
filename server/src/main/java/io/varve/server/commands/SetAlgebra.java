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
import io.varve.server.types.SetResult;
import io.varve.server.types.SetView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// SINTER, SUNION, SDIFF and what goes with them.
///
/// Intersection and difference walk one set and look each member up in the others. Large sets lie in the
/// same order, that of the members' hashes, so the lookups run through the others as a merge would and
/// find their blocks in the cache.
final class SetAlgebra {

  private SetAlgebra() {}

  static void intersection(Invocation in) {
    List<@Nullable SetView> sets = sets(in, 1, in.args().count());
    List<Slice> common = new ArrayList<>();
    intersect(sets, Long.MAX_VALUE, member -> common.add(member.copy()));
    reply(in.reply(), common);
  }

  static void intersectionSize(Invocation in) {
    Arguments args = in.args();
    CommandException tooFew = new CommandException("ERR numkeys should be greater than 0");
    long keys = args.longAt(1, tooFew);
    if (keys < 1) {
      throw tooFew;
    }
    if (keys > args.count() - 2) {
      throw new CommandException("ERR Number of keys can't be greater than number of args");
    }
    long limit = limit(args, (int) keys + 2);
    List<@Nullable SetView> sets = sets(in, 2, (int) keys + 2);
    in.reply().integer(intersect(sets, limit == 0 ? Long.MAX_VALUE : limit, _ -> {}));
  }

  /// `LIMIT number`; 0 is none.
  private static long limit(Arguments args, int from) {
    long limit = 0;
    for (int i = from; i < args.count(); i++) {
      if (!args.is(i, "LIMIT") || i + 1 == args.count()) {
        throw Errors.syntax();
      }
      CommandException negative = new CommandException("ERR LIMIT can't be negative");
      limit = args.longAt(++i, negative);
      if (limit < 0) {
        throw negative;
      }
    }
    return limit;
  }

  static void storeIntersection(Invocation in) {
    List<@Nullable SetView> sets = detachedSets(in);
    SetView smallest = sets.contains(null) ? null : smallestFirst(sets).getFirst();
    store(
        in,
        "sinterstore",
        smallest != null && smallest.isIntset(),
        result -> intersect(sets, Long.MAX_VALUE, result::add));
  }

  static void union(Invocation in) {
    List<@Nullable SetView> sets = sets(in, 1, in.args().count());
    Set<Slice> members = new LinkedHashSet<>();
    unite(
        sets,
        member -> {
          if (!members.contains(member)) {
            members.add(member.copy());
          }
        });
    reply(
        in.reply(), present(sets).stream().allMatch(SetView::isIntset) ? sorted(members) : members);
  }

  /// Numbers in ascending order.
  private static List<Slice> sorted(Collection<Slice> numbers) {
    List<Slice> sorted = new ArrayList<>(numbers);
    sorted.sort(Comparator.comparingLong(number -> Long.parseLong(number.toUtf8())));
    return sorted;
  }

  static void storeUnion(Invocation in) {
    List<@Nullable SetView> sets = detachedSets(in);
    store(in, "sunionstore", true, result -> unite(sets, result::add));
  }

  static void difference(Invocation in) {
    List<@Nullable SetView> sets = sets(in, 1, in.args().count());
    List<Slice> members = new ArrayList<>();
    subtract(sets, member -> members.add(member.copy()));
    reply(in.reply(), members);
  }

  static void storeDifference(Invocation in) {
    List<@Nullable SetView> sets = detachedSets(in);
    store(in, "sdiffstore", true, result -> subtract(sets, result::add));
  }

  /// The sets of keys, null where there is none.
  private static List<@Nullable SetView> sets(Invocation in, int from, int to) {
    List<@Nullable SetView> sets = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      sets.add(SetView.find(in.db(), in.args().get(i)));
    }
    return sets;
  }

  /// The sets of keys from the second on, for a command that writes to the first.
  private static List<@Nullable SetView> detachedSets(Invocation in) {
    List<@Nullable SetView> sets = new ArrayList<>();
    for (int i = 2; i < in.args().count(); i++) {
      SetView set = SetView.findForWrite(in.db(), in.args().get(i));
      sets.add(set == null ? null : set.detached());
    }
    return sets;
  }

  private static List<SetView> smallestFirst(List<@Nullable SetView> sets) {
    List<SetView> present = present(sets);
    present.sort(Comparator.comparingLong(SetView::size));
    return present;
  }

  private static List<SetView> present(List<@Nullable SetView> sets) {
    List<SetView> present = new ArrayList<>(sets.size());
    for (SetView set : sets) {
      if (set != null) {
        present.add(set);
      }
    }
    return present;
  }

  /// Calls for the members that all sets have, up to a limit. Returns how many.
  private static long intersect(List<@Nullable SetView> sets, long limit, Consumer<Slice> found) {
    if (sets.contains(null)) {
      return 0;
    }
    List<SetView> ordered = smallestFirst(sets);
    List<SetView> others = ordered.subList(1, ordered.size());
    long count = 0;
    try (CollectionWalk walk = ordered.getFirst().walk()) {
      while (count < limit && walk.next()) {
        Slice member = walk.name();
        if (isInAll(others, member)) {
          found.accept(member);
          count++;
        }
      }
    }
    return count;
  }

  private static boolean isInAll(List<SetView> sets, Slice member) {
    for (SetView set : sets) {
      if (!set.contains(member)) {
        return false;
      }
    }
    return true;
  }

  /// Calls for the members of all sets, several times for those that several have.
  private static void unite(List<@Nullable SetView> sets, Consumer<Slice> found) {
    for (SetView set : present(sets)) {
      try (CollectionWalk walk = set.walk()) {
        while (walk.next()) {
          found.accept(walk.name());
        }
      }
    }
  }

  /// Calls for the members of the first set that no other has.
  private static void subtract(List<@Nullable SetView> sets, Consumer<Slice> found) {
    SetView first = sets.getFirst();
    if (first == null) {
      return;
    }
    List<SetView> others = present(sets.subList(1, sets.size()));
    // The largest is the likeliest to have a member.
    others.sort(Comparator.comparingLong(SetView::size).reversed());
    try (CollectionWalk walk = first.walk()) {
      while (walk.next()) {
        Slice member = walk.name();
        if (!isInAny(others, member)) {
          found.accept(member);
        }
      }
    }
  }

  private static boolean isInAny(List<SetView> sets, Slice member) {
    for (SetView set : sets) {
      if (set.contains(member)) {
        return true;
      }
    }
    return false;
  }

  private static void reply(ReplyWriter reply, Collection<Slice> members) {
    reply.set(members.size());
    for (Slice member : members) {
      Replies.bulk(reply, member);
    }
  }

  private static void store(
      Invocation in, String event, boolean numbersFirst, Consumer<SetResult> fill) {
    Database db = in.db();
    Slice key = in.args().get(1);
    KeyEntry entry = new KeyEntry();
    KeyEntry old = db.findForWrite(key, entry) ? entry : null;
    SetResult result = new SetResult(db, key, old, numbersFirst);
    fill.accept(result);
    long stored = result.store();
    if (stored > 0) {
      db.event(KeyEventClass.SET, event, key);
    } else if (old != null) {
      db.remove(key, old);
      db.event(KeyEventClass.GENERIC, "del", key);
    }
    in.reply().integer(stored);
  }
}
