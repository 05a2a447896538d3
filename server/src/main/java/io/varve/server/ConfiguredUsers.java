package io.varve.server;

import io.varve.server.acl.Acl;
import io.varve.server.acl.AclRuleException;
import io.varve.server.acl.AclUser;
import io.varve.server.command.CommandCatalog;
import io.varve.server.command.CommandTable;
import io.varve.server.config.ConfigurationException;
import io.varve.server.config.ConfigurationLine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Users that the configuration file defines, in lines like `user NAME RULE ...`, where there is no
/// `aclfile`. Read when the server starts, written by CONFIG REWRITE.
final class ConfiguredUsers {

  private ConfiguredUsers() {}

  /// Has the users of these lines; the default user stays as it is unless it is among them.
  ///
  /// @throws ConfigurationException naming the first line that makes no sense
  static void load(List<ConfigurationLine> lines, Acl acl) {
    List<AclUser> users = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ConfigurationLine line : lines) {
      try {
        AclUser user = acl.parse(line.text());
        if (!names.add(user.name())) {
          throw line.error("user '" + user.name() + "' is defined twice");
        }
        users.add(user);
      } catch (AclRuleException wrong) {
        throw line.error(wrong.reason());
      }
    }
    if (!users.isEmpty()) {
      acl.replaceAll(users);
    }
  }

  /// The lines that define the users there are; none if there is only the default one, as `requirepass`
  /// makes it.
  static List<String> lines(Acl acl, CommandTable commands, String password) {
    List<String> lines = acl.users().stream().map(AclUser::describe).toList();
    Acl untouched = new Acl(new CommandCatalog(commands), password);
    boolean isUntouched = lines.equals(untouched.users().stream().map(AclUser::describe).toList());
    return isUntouched ? List.of() : lines;
  }
}
