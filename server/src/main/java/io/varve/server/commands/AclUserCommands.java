package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.protocol.ReplyWriter;
import io.varve.server.acl.Account;
import io.varve.server.acl.Acl;
import io.varve.server.acl.AclRuleException;
import io.varve.server.acl.AclSelector;
import io.varve.server.acl.AclUser;
import io.varve.server.command.Arguments;
import io.varve.server.command.CommandException;
import io.varve.server.command.CommandTable;
import io.varve.server.command.Errors;
import io.varve.server.command.Invocation;
import io.varve.server.command.Permissions;
import io.varve.server.pubsub.Subscriber;
import io.varve.server.pubsub.SubscriptionKind;
import io.varve.server.session.Session;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The sub-commands of ACL that are about users: the handlers; [AclCommands] has their table.
final class AclUserCommands {

  private AclUserCommands() {}

  static void set(Invocation in) {
    Arguments args = in.args();
    String name = args.text(2);
    if (name.chars().anyMatch(c -> c <= ' ')) {
      throw new CommandException("ERR Usernames can't contain spaces or null characters");
    }
    List<String> rules = new ArrayList<>();
    for (int i = 3; i < args.count(); i++) {
      rules.add(args.text(i));
    }
    AclUser user;
    try {
      user = in.server().acl().plan(name, Acl.mergeSelectors(rules));
    } catch (AclRuleException wrong) {
      throw new CommandException("ERR " + wrong.reason());
    }
    Session self = in.session();
    Acl acl = in.server().acl();
    List<Session> sessions = in.server().sessions().all();
    in.afterwards(
        () -> {
          acl.put(user);
          endForbiddenSubscribers(acl, self, sessions);
        });
    in.reply().ok();
  }

  static void delete(Invocation in) {
    Arguments args = in.args();
    Set<String> names = new HashSet<>();
    for (int i = 2; i < args.count(); i++) {
      String name = args.text(i);
      if (name.equals(Acl.DEFAULT_USER)) {
        throw new CommandException("ERR The 'default' user cannot be removed");
      }
      if (in.server().acl().find(name) != null) {
        names.add(name);
      }
    }
    Acl acl = in.server().acl();
    Session self = in.session();
    List<Session> sessions = in.server().sessions().all();
    in.afterwards(
        () -> {
          names.forEach(acl::remove);
          endOfRemovedUsers(acl, self, sessions);
        });
    in.reply().integer(names.size());
  }

  /// Connections of users that are no more are closed.
  static void endOfRemovedUsers(Acl acl, Session self, List<Session> sessions) {
    for (Session session : sessions) {
      Account account = session.account();
      if (account != null && acl.find(account.name()) != account) {
        ClientCommands.end(self, session);
      }
    }
  }

  /// So are those that have subscribed to what they may not any more.
  static void endForbiddenSubscribers(Acl acl, Session self, List<Session> sessions) {
    for (Session session : sessions) {
      Subscriber subscriber = session.findSubscriber();
      Account account = session.account();
      AclUser user = (account == null ? acl.defaultAccount() : account).user();
      if (subscriber != null && subscriber.hasAny() && !mayListen(user, subscriber)) {
        ClientCommands.end(self, session);
      }
    }
  }

  private static boolean mayListen(AclUser user, Subscriber subscriber) {
    for (SubscriptionKind kind : SubscriptionKind.values()) {
      for (Slice name : subscriber.names(kind)) {
        boolean allowed = false;
        for (AclSelector selector : user.allSelectors()) {
          allowed |=
              kind == SubscriptionKind.PATTERN
                  ? selector.allowsChannelPattern(name)
                  : selector.allowsChannel(name);
        }
        if (!allowed) {
          return false;
        }
      }
    }
    return true;
  }

  static void get(Invocation in) {
    Account account = in.server().acl().find(in.args().text(2));
    ReplyWriter reply = in.reply();
    if (account == null) {
      reply.nullBulk();
      return;
    }
    AclUser user = account.user();
    reply.map(6);
    reply.bulkString("flags");
    reply.set(user.flags().size());
    user.flags().forEach(reply::bulkString);
    reply.bulkString("passwords");
    reply.array(user.passwordHashes().size());
    user.passwordHashes().forEach(reply::bulkString);
    permissions(reply, user.root());
    reply.bulkString("selectors");
    reply.array(user.selectors().size());
    for (AclSelector selector : user.selectors()) {
      reply.map(3);
      permissions(reply, selector);
    }
  }

  private static void permissions(ReplyWriter reply, AclSelector selector) {
    reply.bulkString("commands");
    reply.bulkString(selector.commandRules());
    reply.bulkString("keys");
    reply.bulkString(selector.keyRules());
    reply.bulkString("channels");
    reply.bulkString(selector.channelRules());
  }

  static void list(Invocation in) {
    List<AclUser> users = in.server().acl().users();
    in.reply().array(users.size());
    users.forEach(user -> in.reply().bulkString(user.describe()));
  }

  static void names(Invocation in) {
    List<AclUser> users = in.server().acl().users();
    in.reply().array(users.size());
    users.forEach(user -> in.reply().bulkString(user.name()));
  }

  static void load(Invocation in) {
    in.server().loadAcl();
    Acl acl = in.server().acl();
    Session self = in.session();
    List<Session> sessions = in.server().sessions().all();
    in.afterwards(
        () -> {
          endOfRemovedUsers(acl, self, sessions);
          endForbiddenSubscribers(acl, self, sessions);
        });
    in.reply().ok();
  }

  /// Says whether a user may run a command, without running it.
  static void dryRun(Invocation in) {
    Arguments args = in.args();
    Account account = in.server().acl().find(args.text(2));
    if (account == null) {
      throw new CommandException("ERR User '" + args.text(2) + "' not found");
    }
    CommandTable table = in.server().commands();
    int number = commandAt(table, args);
    if (number == CommandTable.UNKNOWN) {
      throw new CommandException("ERR Command '" + args.text(3) + "' not found");
    }
    int count = args.count() - 3;
    int arity = table.get(number).arity();
    if (arity >= 0 ? count != arity : count < -arity) {
      throw Errors.wrongArity(table.get(number).fullName());
    }
    Permissions.@Nullable Denial denial = Permissions.find(account.user(), table, number, args, 3);
    if (denial == null) {
      in.reply().ok();
    } else {
      in.reply().bulkString(denial.verbose());
    }
  }

  private static int commandAt(CommandTable table, Arguments args) {
    String name = args.text(3).toLowerCase(Locale.ROOT);
    int number = name.indexOf('|') >= 0 ? CommandTable.UNKNOWN : table.find(name);
    if (number == CommandTable.UNKNOWN
        || table.get(number).subcommands().isEmpty()
        || args.count() == 4) {
      return number;
    }
    return table.find(name + "|" + args.text(4));
  }
}
