package io.varve.server.acl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A user in the making.
final class AclUserRules {

  private static final String BAD_HASH =
      "The password hash must be exactly 64 characters and contain only lowercase hexadecimal"
          + " characters";
  private static final String NO_SUCH_PASSWORD =
      "The password you are trying to remove from the user does not exist";

  private final AclCatalog catalog;
  private final String name;
  private boolean enabled;
  private boolean noPassword;
  private String payloads = "sanitize-payload";
  private final List<String> hashes = new ArrayList<>();
  private AclSelectorRules root;
  private final List<AclSelector> selectors = new ArrayList<>();

  AclUserRules(AclCatalog catalog, String name) {
    this.catalog = catalog;
    this.name = name;
    this.root = new AclSelectorRules(catalog);
  }

  static AclUserRules of(AclCatalog catalog, AclUser user) {
    AclUserRules rules = new AclUserRules(catalog, user.name());
    rules.enabled = user.enabled();
    rules.noPassword = user.noPassword();
    rules.payloads = user.payloads();
    rules.hashes.addAll(user.passwordHashes());
    rules.root = AclSelectorRules.of(catalog, user.root());
    rules.selectors.addAll(user.selectors());
    return rules;
  }

  AclUser build() {
    return new AclUser(
        name, enabled, noPassword, payloads, hashes, new AclSelector(root), selectors);
  }

  /// @throws AclRuleException if it makes no sense
  void apply(String rule) {
    switch (rule.toLowerCase(Locale.ROOT)) {
      case "on" -> enabled = true;
      case "off" -> enabled = false;
      case "nopass" -> {
        noPassword = true;
        hashes.clear();
      }
      case "resetpass" -> {
        noPassword = false;
        hashes.clear();
      }
      case "sanitize-payload", "skip-sanitize-payload" -> payloads = rule.toLowerCase(Locale.ROOT);
      case "clearselectors" -> selectors.clear();
      case "reset" -> reset();
      default -> applyOther(rule);
    }
  }

  private void reset() {
    enabled = false;
    noPassword = false;
    payloads = "sanitize-payload";
    hashes.clear();
    selectors.clear();
    root = new AclSelectorRules(catalog);
  }

  private void applyOther(String rule) {
    if (rule.startsWith("(") && rule.endsWith(")")) {
      addSelector(rule.substring(1, rule.length() - 1));
    } else if (rule.startsWith(">")) {
      addHash(Acl.hash(rule.substring(1)));
    } else if (rule.startsWith("#")) {
      addHash(checked(rule.substring(1)));
    } else if (rule.startsWith("<")) {
      removeHash(Acl.hash(rule.substring(1)));
    } else if (rule.startsWith("!")) {
      removeHash(checked(rule.substring(1)));
    } else if (rule.isEmpty() || !root.apply(rule)) {
      throw AclSelectorRules.syntax();
    }
  }

  private void addSelector(String text) {
    AclSelectorRules selector = new AclSelectorRules(catalog);
    for (String rule : text.trim().split(" +", -1)) {
      if (!rule.isEmpty() && !selector.apply(rule)) {
        throw AclSelectorRules.syntax();
      }
    }
    selectors.add(new AclSelector(selector));
  }

  private void addHash(String hash) {
    noPassword = false;
    if (!hashes.contains(hash)) {
      hashes.add(hash);
    }
  }

  private void removeHash(String hash) {
    if (!hashes.remove(hash)) {
      throw new AclRuleException(NO_SUCH_PASSWORD);
    }
  }

  private static String checked(String hash) {
    boolean valid =
        hash.length() == 64
            && hash.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    if (!valid) {
      throw new AclRuleException(BAD_HASH);
    }
    return hash;
  }
}
