package io.varve.server.acl;

import java.util.ArrayList;
import java.util.List;

/// What a user may do, and how he shows that he is it. Immutable.
///
/// @param enabled whether anybody can log in as this user
/// @param noPassword whether any password will do
/// @param payloads `sanitize-payload` or `skip-sanitize-payload`; kept and shown only
/// @param passwordHashes SHA-256, 64 lower-case hexadecimal digits each
/// @param root permissions that the rules outside of parentheses make
/// @param selectors further permissions; a command has to be allowed by one of all as a whole
public record AclUser(
    String name,
    boolean enabled,
    boolean noPassword,
    String payloads,
    List<String> passwordHashes,
    AclSelector root,
    List<AclSelector> selectors) {

  public AclUser {
    passwordHashes = List.copyOf(passwordHashes);
    selectors = List.copyOf(selectors);
  }

  /// Whether nothing is forbidden to the user.
  public boolean isUnlimited() {
    return root.isUnlimited() || selectors.stream().anyMatch(AclSelector::isUnlimited);
  }

  /// All permissions.
  public List<AclSelector> allSelectors() {
    List<AclSelector> all = new ArrayList<>(1 + selectors.size());
    all.add(root);
    all.addAll(selectors);
    return all;
  }

  /// `on` or `off`, `nopass` and the like.
  public List<String> flags() {
    List<String> flags = new ArrayList<>();
    flags.add(enabled ? "on" : "off");
    if (noPassword) {
      flags.add("nopass");
    }
    flags.add(payloads);
    return flags;
  }

  /// As ACL LIST and an ACL file show it.
  public String describe() {
    StringBuilder text = new StringBuilder("user ").append(name);
    flags().forEach(flag -> text.append(' ').append(flag));
    passwordHashes.forEach(hash -> text.append(" #").append(hash));
    text.append(' ').append(root.rules());
    selectors.forEach(selector -> text.append(" (").append(selector.rules()).append(')'));
    return text.toString();
  }
}
