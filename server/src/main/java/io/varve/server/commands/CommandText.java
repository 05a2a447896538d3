package io.varve.server.commands;

import io.varve.protocol.ReplyWriter;
import io.varve.server.command.AclCategory;
import io.varve.server.command.Command;
import io.varve.server.command.CommandFlag;
import io.varve.server.command.KeySpec;
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
    if (keys.first() == 0) {
      reply.set(0);
      return;
    }
    reply.set(1);
    reply.map(3);
    reply.bulkString("flags");
    List<String> flags = keyFlags(command);
    reply.set(flags.size());
    flags.forEach(reply::simpleString);
    reply.bulkString("begin_search");
    reply.map(2);
    field(reply, "type", "index");
    reply.bulkString("spec");
    reply.map(1);
    reply.bulkString("index");
    reply.integer(keys.first());
    reply.bulkString("find_keys");
    reply.map(2);
    field(reply, "type", "range");
    reply.bulkString("spec");
    reply.map(3);
    reply.bulkString("lastkey");
    // Counted from the first key, unlike in the fields above; from the end both are the same.
    reply.integer(keys.last() < 0 ? keys.last() : keys.last() - keys.first());
    reply.bulkString("keystep");
    reply.integer(keys.step());
    reply.bulkString("limit");
    reply.integer(0);
  }

  private static void field(ReplyWriter reply, String name, String value) {
    reply.bulkString(name);
    reply.bulkString(value);
  }
}
