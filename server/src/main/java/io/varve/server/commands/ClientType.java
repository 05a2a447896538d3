package io.varve.server.commands;

import io.varve.server.command.CommandException;
import io.varve.server.session.Session;
import java.util.Locale;

/// Kinds of clients that CLIENT LIST and CLIENT KILL tell apart. There are no masters and replicas.
enum ClientType {
  NORMAL,
  MASTER,
  REPLICA,
  PUBSUB;

  static ClientType parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "normal" -> NORMAL;
      case "master" -> MASTER;
      case "slave", "replica" -> REPLICA;
      case "pubsub" -> PUBSUB;
      default -> throw new CommandException("ERR Unknown client type '" + name + "'");
    };
  }

  boolean isOf(Session session) {
    return this == (session.isSubscribed() ? PUBSUB : NORMAL);
  }
}
