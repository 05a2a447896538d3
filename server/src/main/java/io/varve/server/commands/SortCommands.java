package io.varve.server.commands;

import static io.varve.server.command.CommandFlag.DENYOOM;
import static io.varve.server.command.CommandFlag.READONLY;
import static io.varve.server.command.CommandFlag.WRITE;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Command;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.Doubles;
import io.varve.server.command.Handler;
import io.varve.server.command.Invocation;
import io.varve.server.command.KeySearch.Option;
import io.varve.server.command.KeySpec;
import io.varve.server.command.Permissions;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.KeyEntry;
import io.varve.server.keyspace.KeyEventClass;
import io.varve.server.keyspace.ValueType;
import io.varve.server.types.CollectionWalk;
import io.varve.server.types.ListEnd;
import io.varve.server.types.ListValue;
import io.varve.server.types.ListWalk;
import io.varve.server.types.Lists;
import io.varve.server.types.RankKey;
import io.varve.server.types.RankWalk;
import io.varve.server.types.SetView;
import io.varve.server.types.SortedSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SORT and SORT_RO: the elements of a list, set or sorted set in an order of the client's choice, or
/// what other keys say of them. Stateless. The elements are held in memory meanwhile.
public final class SortCommands {

  /// An element and what it is sorted by.
  ///
  /// @param text null if there is none, which sorts first
  private record Weighed(Slice element, double score, @Nullable Slice text) {}

  private SortCommands() {}

  public static List<Command> table() {
    return List.of(
        define("sort", SortCommands::sort, "1.0.0", WRITE, DENYOOM, CommandFlag.MOVABLEKEYS)
            .keys(
                KeySpec.FIRST.andLastOption(
                    2,
                    new Option("STORE", 1, true),
                    new Option("BY", 1, false),
                    new Option("GET", 1, false),
                    new Option("LIMIT", 2, false)))
            .summary("Sorts the elements of a list, set or sorted set, and may store the result.")
            .build(),
        define("sort_ro", SortCommands::sort, "7.0.0", READONLY, CommandFlag.MOVABLEKEYS)
            .keys(KeySpec.FIRST)
            .summary("Sorts the elements of a list, set or sorted set.")
            .build());
  }

  private static Command.Builder define(
      String name, Handler handler, String since, CommandFlag... flags) {
    return Command.define(name, -2, handler)
        .flags(flags)
        .categories(AclCategory.SET, AclCategory.SORTEDSET, AclCategory.LIST, AclCategory.DANGEROUS)
        .group("generic")
        .complexity("O(N+M*log(M)) with N elements and M of them returned")
        .since(since);
  }

  private static void sort(Invocation in) {
    SortOptions options = SortOptions.of(in.args(), in.command().is(CommandFlag.READONLY));
    requirePermission(in, options);
    Database db = in.db();
    KeyEntry entry = db.find(in.args().get(1));
    ValueType type = entry == null ? null : entry.type();
    options = type == ValueType.SET ? options.forSet(in.isScripted()) : options;
    List<Slice> elements = elements(db, in.args().get(1), type, options.descending());
    List<Slice> sorted = options.sorts() ? sorted(db, elements, options) : elements;
    List<Slice> chosen = options.limit(sorted);
    List<@Nullable Slice> results = results(db, chosen, options);
    int storeAt = options.storeAt();
    if (storeAt > 0) {
      store(db, in.args().get(storeAt), results);
      in.reply().integer(results.size());
    } else {
      reply(in.reply(), results);
    }
  }

  /// Copies of all elements, in the order in which they lie.
  ///
  /// @param type of the key, null if there is none
  /// @param descending the other way around
  private static List<Slice> elements(
      Database db, Slice key, @Nullable ValueType type, boolean descending) {
    List<Slice> elements = new ArrayList<>();
    if (type == null) {
      return elements;
    }
    switch (type) {
      case LIST -> {
        ListValue list = Lists.find(db, key);
        if (list != null) {
          try (ListWalk walk = list.walk(0, list.length(), true)) {
            while (walk.next()) {
              elements.add(walk.element().copy());
            }
          }
        }
      }
      case SET -> {
        SetView set = SetView.find(db, key);
        if (set != null) {
          try (CollectionWalk walk = set.walk()) {
            while (walk.next()) {
              elements.add(walk.name().copy());
            }
          }
        }
      }
      case SORTED_SET -> {
        SortedSet set = SortedSet.find(db, key);
        if (set != null) {
          try (RankWalk walk = set.walk()) {
            for (walk.seekRank(0); walk.isValid(); walk.next()) {
              elements.add(RankKey.member(walk.key()).copy());
            }
          }
        }
      }
      case STRING, HASH, STREAM ->
          throw new CommandException(
              "WRONGTYPE Operation against a key holding the wrong kind of value");
    }
    return descending ? elements.reversed() : elements;
  }

  private static List<Slice> sorted(Database db, List<Slice> elements, SortOptions options) {
    List<Weighed> weighed = new ArrayList<>(elements.size());
    SortPattern by = options.by();
    for (Slice element : elements) {
      Slice value = by == null ? element : by.find(db, element);
      double score = options.alphabetic() || value == null ? 0 : parse(value);
      weighed.add(new Weighed(element, score, value));
    }
    Comparator<Weighed> order =
        options.alphabetic()
            ? Comparator.comparing(Weighed::text, Comparator.nullsFirst(Comparator.naturalOrder()))
            : Comparator.comparingDouble(Weighed::score);
    if (!options.alphabetic() || by != null) {
      order = order.thenComparing(Weighed::element);
    }
    weighed.sort(options.descending() ? order.reversed() : order);
    List<Slice> sorted = new ArrayList<>(weighed.size());
    for (Weighed one : weighed) {
      sorted.add(one.element);
    }
    return sorted;
  }

  private static double parse(Slice value) {
    CommandException noNumber =
        new CommandException("ERR One or more scores can't be converted into double");
    return Doubles.parse(new String(value.toByteArray(), StandardCharsets.ISO_8859_1), noNumber);
  }

  private static List<@Nullable Slice> results(
      Database db, List<Slice> elements, SortOptions options) {
    List<@Nullable Slice> results = new ArrayList<>();
    for (Slice element : elements) {
      if (options.gets().isEmpty()) {
        results.add(element);
      }
      for (SortPattern get : options.gets()) {
        results.add(get.find(db, element));
      }
    }
    return results;
  }

  /// What BY and GET name are keys that no rule about the arguments has looked at.
  private static void requirePermission(Invocation in, SortOptions options) {
    boolean byKeys = options.sorts() && options.by() != null;
    if ((byKeys || !options.gets().isEmpty()) && !Permissions.mayReadAnyKey(in)) {
      throw new CommandException(
          "ERR "
              + (byKeys ? "BY" : "GET")
              + " option of SORT denied due to insufficient ACL permissions.");
    }
  }

  private static void reply(ReplyWriter reply, List<@Nullable Slice> results) {
    reply.array(results.size());
    for (Slice result : results) {
      if (result == null) {
        reply.nullBulk();
      } else {
        reply.bulk(result.segment(), result.offset(), result.length());
      }
    }
  }

  private static void store(Database db, Slice target, List<@Nullable Slice> results) {
    KeyEntry old = db.findForWrite(target);
    if (old != null) {
      db.remove(target, old);
    }
    if (!results.isEmpty()) {
      List<Slice> stored = new ArrayList<>(results.size());
      for (Slice result : results) {
        stored.add(result == null ? new Slice() : result);
      }
      Lists.create(db, target).push(ListEnd.RIGHT, stored);
      db.event(KeyEventClass.LIST, "sortstore", target);
    } else if (old != null) {
      db.event(KeyEventClass.GENERIC, "del", target);
    }
  }
}
