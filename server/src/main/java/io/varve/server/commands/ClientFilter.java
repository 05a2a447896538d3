package io.varve.server.commands;

import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.session.Session;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which clients CLIENT LIST or CLIENT KILL is about: those that pass every part that was given.
final class ClientFilter {

  @Nullable Set<Long> ids;
  @Nullable ClientType type;
  boolean skipMe = true;
  private @Nullable String address;
  private @Nullable String localAddress;
  private @Nullable String user;

  /// Reads pairs like `ID 3 SKIPME no`.
  ///
  /// @param from index of the first argument
  static ClientFilter parse(Invocation in, int from) {
    Arguments args = in.args();
    ClientFilter filter = new ClientFilter();
    for (int i = from; i < args.count(); i += 2) {
      if (i + 1 == args.count()) {
        throw Errors.syntax();
      }
      filter.add(in, i);
    }
    return filter;
  }

  /// Who has been ended is gone for the others, although his socket may take a moment to close.
  boolean accepts(Session session) {
    return !session.isKilled()
        && (ids == null || ids.contains(session.id()))
        && (type == null || type.isOf(session))
        && (address == null || address.equals(session.connection().remoteAddress()))
        && (localAddress == null || localAddress.equals(session.connection().localAddress()))
        && (user == null || user.equals(session.user()));
  }

  private void add(Invocation in, int at) {
    Arguments args = in.args();
    String value = args.text(at + 1);
    if (args.is(at, "ID")) {
      CommandException wrong = new CommandException("ERR client-id should be greater than 0");
      long id = args.longAt(at + 1, wrong);
      if (id < 1) {
        throw wrong;
      }
      ids = Set.of(id);
    } else if (args.is(at, "TYPE")) {
      type = ClientType.parse(value);
    } else if (args.is(at, "ADDR")) {
      address = value;
    } else if (args.is(at, "LADDR")) {
      localAddress = value;
    } else if (args.is(at, "USER")) {
      if (in.server().acl().find(value) == null) {
        throw new CommandException("ERR No such user '" + value + "'");
      }
      user = value;
    } else if (args.is(at, "SKIPME")) {
      skipMe = parseYes(args, at + 1);
    } else {
      throw Errors.syntax();
    }
  }

  private static boolean parseYes(Arguments args, int at) {
    if (args.is(at, "YES")) {
      return true;
    }
    if (args.is(at, "NO")) {
      return false;
    }
    throw Errors.syntax();
  }
}
