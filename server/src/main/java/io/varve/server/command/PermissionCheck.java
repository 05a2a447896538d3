package io.varve.server.command;

import io.varve.server.acl.Account;
import io.varve.server.session.Session;
import org.jspecify.annotations.Nullable;

/// Refuses what the user of a session may not do, and writes it down for administrators (ACL LOG).
/// Stateless; any thread.
final class PermissionCheck {

  private PermissionCheck() {}

  /// What a request is answered if its user may not make it, or null.
  static @Nullable CommandException findRefusal(
      ServerAccess server, Session session, int number, Arguments args) {
    Account account = accountOf(server, session);
    if (!account.isLimited()) {
      return null;
    }
    CommandTable table = server.commands();
    Permissions.Denial denial = Permissions.find(account.user(), table, number, args, 0);
    if (denial == null) {
      return null;
    }
    writeDown(server, session, denial, session.inMulti() ? "multi" : "toplevel", table.get(number));
    return new CommandException("NOPERM " + denial.message());
  }

  /// What a command of a transaction or script is answered if its user may not run it, or null.
  ///
  /// @param outer number of the command that runs it
  static @Nullable String findNestedRefusal(Invocation in, int number, int outer) {
    Session session = in.session();
    ServerAccess server = in.server();
    Account account = accountOf(server, session);
    if (!account.isLimited()) {
      return null;
    }
    CommandTable table = server.commands();
    Permissions.Denial denial = Permissions.find(account.user(), table, number, in.args(), 0);
    if (denial == null) {
      return null;
    }
    boolean scripted = table.get(outer).categories().contains(AclCategory.SCRIPTING);
    if (!in.isRehearsal()) {
      writeDown(server, session, denial, scripted ? "lua" : "multi", table.get(outer));
    }
    return scripted
        ? "ERR ACL failure in script: " + denial.message()
        : "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC"
            + " call. This command is no longer allowed for the following reason: "
            + denial.reason().atExec();
  }

  private static Account accountOf(ServerAccess server, Session session) {
    Account account = session.account();
    return account == null ? server.acl().defaultAccount() : account;
  }

  private static void writeDown(
      ServerAccess server,
      Session session,
      Permissions.Denial denial,
      String context,
      Command command) {
    long now = server.time().millis();
    server
        .aclLog()
        .add(
            denial.reason().logName(),
            context,
            denial.object(),
            denial.user(),
            ClientLine.of(session, command.fullName(), now),
            now);
  }
}
