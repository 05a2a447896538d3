package io.varve.server.command;

import io.varve.engine.bytes.Slice;
import io.varve.server.acl.Account;
import io.varve.server.acl.AclSelector;
import io.varve.server.acl.AclUser;
import io.varve.server.command.KeySearch.KeyPositions;
import org.jspecify.annotations.Nullable;

/// Whether a user may make a request: one of his selectors has to allow all of it, command, keys and
/// channels. Only asked for users to whom anything is forbidden.
public final class Permissions {

  /// Why not, the more telling the later: as in Redis.
  public enum Reason {
    COMMAND("command", "no permission to execute the command or subcommand"),
    KEY("key", "no permission to touch the specified keys"),
    CHANNEL(
        "channel", "no permission to access one of the channels used as arguments to the command");

    private final String logName;
    private final String atExec;

    Reason(String logName, String atExec) {
      this.logName = logName;
      this.atExec = atExec;
    }

    String logName() {
      return logName;
    }

    String atExec() {
      return atExec;
    }
  }

  /// What is forbidden.
  ///
  /// @param argument where in the request
  /// @param object command, key or channel
  public record Denial(Reason reason, int argument, String user, String object) {

    /// What the client is told, without the prefix of the error.
    String message() {
      return switch (reason) {
        case COMMAND -> verbose();
        case KEY -> "No permissions to access a key";
        case CHANNEL -> "No permissions to access a channel";
      };
    }

    /// What an administrator is told.
    public String verbose() {
      return switch (reason) {
        case COMMAND -> "User " + user + " has no permissions to run the '" + object + "' command";
        case KEY -> "User " + user + " has no permissions to access the '" + object + "' key";
        case CHANNEL ->
            "User " + user + " has no permissions to access the '" + object + "' channel";
      };
    }
  }

  private Permissions() {}

  /// @param number of the command
  /// @param name index of the command's name among the arguments
  /// @return null if the request is allowed
  public static @Nullable Denial find(
      AclUser user, CommandTable table, int number, Arguments args, int name) {
    Command command = table.get(number);
    KeyPositions keys = new KeyPositions();
    command.keySpec().find(args, name, keys);
    Denial worst = null;
    for (AclSelector selector : user.allSelectors()) {
      Denial denial = find(selector, user, command, number, args, name, keys);
      if (denial == null) {
        return null;
      }
      if (worst == null
          || denial.reason.compareTo(worst.reason) > 0
          || (denial.reason == worst.reason && denial.argument > worst.argument)) {
        worst = denial;
      }
    }
    return worst;
  }

  /// Whether the user of a request may make it where it would read any key there is: what it reads is not
  /// among its arguments.
  public static boolean mayReadAnyKey(Invocation in) {
    Account account = in.session().account();
    AclUser user = (account == null ? in.server().acl().defaultAccount() : account).user();
    if (user.isUnlimited()) {
      return true;
    }
    KeyPositions keys = new KeyPositions();
    in.command().keySpec().find(in.args(), 0, keys);
    for (AclSelector selector : user.allSelectors()) {
      if (selector.readsAllKeys()
          && find(selector, user, in.command(), in.commandNumber(), in.args(), 0, keys) == null) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable Denial find(
      AclSelector selector,
      AclUser user,
      Command command,
      int number,
      Arguments args,
      int name,
      KeyPositions keys) {
    int first = name + (command.container().isEmpty() ? 1 : 2);
    String firstArgument = first < args.count() ? args.text(first) : "";
    if (!command.is(CommandFlag.NO_AUTH) && !selector.allowsCommand(number, firstArgument)) {
      return new Denial(Reason.COMMAND, 0, user.name(), command.fullName());
    }
    if (!selector.hasAllKeys() && !command.is(CommandFlag.PUBSUB)) {
      for (int i = 0; i < keys.count(); i++) {
        KeyAccess access = KeyAccess.of(command, i, args, name);
        if (!selector.allowsKey(keys.key(args, i), access.reads(), access.writes())) {
          return new Denial(Reason.KEY, keys.get(i), user.name(), keys.key(args, i).toUtf8());
        }
      }
    }
    return findChannel(selector, user, command, args, name);
  }

  private static @Nullable Denial findChannel(
      AclSelector selector, AclUser user, Command command, Arguments args, int name) {
    int end =
        switch (command.fullName()) {
          case "publish", "spublish" -> Math.min(name + 2, args.count());
          case "subscribe", "psubscribe", "ssubscribe" -> args.count();
          default -> 0;
        };
    boolean patterns = command.name().equals("psubscribe");
    for (int i = name + 1; i < end; i++) {
      Slice channel = args.get(i);
      boolean allowed =
          patterns ? selector.allowsChannelPattern(channel) : selector.allowsChannel(channel);
      if (!allowed) {
        return new Denial(Reason.CHANNEL, i, user.name(), channel.toUtf8());
      }
    }
    return null;
  }
}
