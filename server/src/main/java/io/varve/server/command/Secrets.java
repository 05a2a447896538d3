package io.varve.server.command;

import java.util.Set;

/// Which arguments must not be shown to anybody: passwords, and all of what rules of users say.
public final class Secrets {

  private static final Set<String> SECRET_DIRECTIVES =
      Set.of(
          "requirepass",
          "masterauth",
          "masteruser",
          "tls-key-file-pass",
          "tls-client-key-file-pass");

  private Secrets() {}

  /// Whether an argument of a request is one that the slow log and MONITOR leave out.
  ///
  /// @param index of the argument; 0 is the command's name
  public static boolean isSecret(Command command, Arguments args, int index) {
    return switch (command.fullName()) {
      case "auth" -> index >= 1;
      case "hello" -> isSecretOfHello(args, index);
      case "config|set" -> index >= 3 && index % 2 == 1 && isSecretDirective(args.text(index - 1));
      case "acl|setuser", "acl|getuser", "acl|deluser" -> index >= 2;
      case "migrate" -> isSecretOfMigrate(args, index);
      default -> false;
    };
  }

  /// Whether the value of a directive is a password.
  public static boolean isSecretDirective(String name) {
    return SECRET_DIRECTIVES.contains(name.toLowerCase(java.util.Locale.ROOT));
  }

  /// `HELLO 3 AUTH user password`: both words behind AUTH.
  private static boolean isSecretOfHello(Arguments args, int index) {
    for (int i = Math.max(2, index - 2); i < index; i++) {
      if (args.is(i, "AUTH")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSecretOfMigrate(Arguments args, int index) {
    return index >= 7
        && (args.is(index - 1, "AUTH")
            || args.is(index - 1, "AUTH2")
            || (index >= 8 && args.is(index - 2, "AUTH2")));
  }
}
