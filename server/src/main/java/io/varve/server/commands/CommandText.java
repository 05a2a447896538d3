package io.varve.server.commands;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Command;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.KeySearch;
import io.varve.server.command.KeySearch.AfterKeyword;
import io.varve.server.command.KeySearch.AfterOptions;
import io.varve.server.command.KeySearch.Counted;
import io.varve.server.command.KeySearch.LastOption;
import io.varve.server.command.KeySearch.Option;
import io.varve.server.command.KeySpec;
import java.util.ArrayList;
import java.util.List;

/// How COMMAND INFO and COMMAND DOCS tell of one command.
final class CommandText {

  private CommandText() {}

  /// The ten elements of COMMAND INFO.
  static void info(ReplyWriter reply, Command command) {
    KeySpec keys = command.keySpec();
    reply.array(10);
    reply.bulkString(command.fullName());
    reply.integer(command.arity());
    List<CommandFlag> flags = command.flags().stream().sorted().toList();
    reply.set(flags.size());
    flags.forEach(flag -> reply.simpleString(flag.wireName()));
    reply.integer(keys.first());
    reply.integer(keys.last());
    reply.integer(keys.step());
    List<AclCategory> categories = command.categories().stream().sorted().toList();
    reply.set(categories.size());
    categories.forEach(category -> reply.simpleString(category.wireName()));
    reply.set(0); // Tips for proxies of a cluster.
    keySpecs(reply, command);
    if (command.subcommands().isEmpty()) {
      reply.set(0);
      return;
    }
    reply.array(command.subcommands().size());
    for (Command subcommand : command.subcommands()) {
      info(reply, subcommand);
    }
  }

  /// The map of COMMAND DOCS.
  static void docs(ReplyWriter reply, Command command) {
    boolean container = !command.subcommands().isEmpty();
    reply.map(container ? 5 : 4);
    field(reply, "summary", command.summary());
    field(reply, "since", command.since());
    field(reply, "group", command.group());
    field(reply, "complexity", command.complexity());
    if (container) {
      reply.bulkString("subcommands");
      reply.map(command.subcommands().size());
      for (Command subcommand : command.subcommands()) {
        reply.bulkString(subcommand.fullName());
        docs(reply, subcommand);
      }
    }
  }

  /// What is done with the keys, in Redis' words.
  static List<String> keyFlags(Command command) {
    if (command.is(CommandFlag.WRITE)) {
      return List.of("RW", "access", "update");
    }
    return command.is(CommandFlag.READONLY) ? List.of("RO", "access") : List.of("RO");
  }

  private static void keySpecs(ReplyWriter reply, Command command) {
    KeySpec keys = command.keySpec();
    List<Option> options = keyOptions(keys);
    int searches = keys.searches().size() - (options.isEmpty() ? 0 : 1) + options.size();
    reply.set((keys.first() == 0 ? 0 : 1) + searches);
    if (keys.first() != 0) {
      keySpec(reply, command);
      beginAtIndex(reply, keys.first());
      // Counted from the first key, unlike in the fields above; from the end both are the same.
      int last = keys.last() < 0 ? keys.last() : keys.last() - keys.first();
      findInRange(reply, last, keys.step(), 0);
    }
    for (KeySearch search : keys.searches()) {
      keySpec(reply, command);
      switch (search) {
        case Counted counted -> {
          beginAtIndex(reply, counted.countIndex());
          findByCount(reply);
        }
        case AfterKeyword after -> {
          beginAtKeyword(reply, after.keyword(), after.startIndex());
          findInRange(reply, after.last(), 1, after.parts() == 1 ? 0 : after.parts());
        }
        case AfterOptions after -> {
          // How Redis tells of it: to be looked for from the last argument but one on, backwards.
          beginAtKeyword(reply, after.keyword(), -2);
          findInRange(reply, -1, 1, 0);
        }
        case LastOption last -> {
          for (int i = 0; i < options.size(); i++) {
            if (i > 0) {
              keySpec(reply, command);
            }
            beginAtKeyword(reply, options.get(i).word(), last.startIndex());
            findInRange(reply, 0, 1, 0);
          }
        }
      }
    }
  }

  /// The options that name a key.
  private static List<Option> keyOptions(KeySpec keys) {
    List<Option> options = new ArrayList<>();
    for (KeySearch search : keys.searches()) {
      if (search instanceof LastOption last) {
        last.options().stream().filter(Option::isKey).forEach(options::add);
      }
    }
    return options;
  }

  private static void keySpec(ReplyWriter reply, Command command) {
    reply.map(3);
    reply.bulkString("flags");
    List<String> flags = keyFlags(command);
    reply.set(flags.size());
    flags.forEach(reply::simpleString);
  }

  private static void beginAtIndex(ReplyWriter reply, int index) {
    reply.bulkString("begin_search");
    reply.map(2);
    field(reply, "type", "index");
    reply.bulkString("spec");
    reply.map(1);
    field(reply, "index", index);
  }

  private static void beginAtKeyword(ReplyWriter reply, String keyword, int startIndex) {
    reply.bulkString("begin_search");
    reply.map(2);
    field(reply, "type", "keyword");
    reply.bulkString("spec");
    reply.map(2);
    field(reply, "keyword", keyword);
    field(reply, "startfrom", startIndex);
  }

  private static void findInRange(ReplyWriter reply, int last, int step, int limit) {
    reply.bulkString("find_keys");
    reply.map(2);
    field(reply, "type", "range");
    reply.bulkString("spec");
    reply.map(3);
    field(reply, "lastkey", last);
    field(reply, "keystep", step);
    field(reply, "limit", limit);
  }

  private static void findByCount(ReplyWriter reply) {
    reply.bulkString("find_keys");
    reply.map(2);
    field(reply, "type", "keynum");
    reply.bulkString("spec");
    reply.map(3);
    field(reply, "keynumidx", 0);
    field(reply, "firstkey", 1);
    field(reply, "keystep", 1);
  }

  private static void field(ReplyWriter reply, String name, long value) {
    reply.bulkString(name);
    reply.integer(value);
  }

  private static void field(ReplyWriter reply, String name, String value) {
    reply.bulkString(name);
    reply.bulkString(value);
  }
}
