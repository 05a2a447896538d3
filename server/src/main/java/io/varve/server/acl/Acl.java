package io.varve.server.acl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The users, their passwords and permissions.
///
/// Asked by event loops and the command loop, changed on the command loop. Passwords are kept and
/// compared as SHA-256 digests: comparing takes the same time whatever is wrong and however long the
/// passwords are.
public final class Acl {

  /// The user of everybody who has not said otherwise.
  public static final String DEFAULT_USER = "default";

  /// The error reply to a wrong name or password, in Redis' words.
  public static final String WRONG_PASSWORD =
      "WRONGPASS invalid username-password pair or user is disabled.";

  private static final String NO_SUCH_HASH = "0".repeat(64);

  private final AclCatalog catalog;
  private final Account defaultAccount;
  private volatile Map<String, Account> accounts;

  /// @param password of the default user, empty if none is needed
  public Acl(AclCatalog catalog, String password) {
    this.catalog = catalog;
    AclUserRules rules = new AclUserRules(catalog, DEFAULT_USER);
    for (String rule : List.of("on", "nopass", "~*", "&*", "+@all")) {
      rules.apply(rule);
    }
    this.defaultAccount = new Account(rules.build());
    this.accounts = Map.of(DEFAULT_USER, defaultAccount);
    if (!password.isEmpty()) {
      changePassword(password);
    }
  }

  /// Gives the default user another password, its only one. Who is authenticated stays so.
  ///
  /// @param password empty if none is needed from now on
  public synchronized void changePassword(String password) {
    AclUserRules rules = AclUserRules.of(catalog, defaultAccount.user());
    rules.apply("resetpass");
    rules.apply(password.isEmpty() ? "nopass" : ">" + password);
    defaultAccount.replace(rules.build());
  }

  /// Whether a new connection has to authenticate before anything else.
  public boolean isPasswordRequired() {
    AclUser user = defaultAccount.user();
    return !user.noPassword() || !user.enabled();
  }

  /// The account of those who have not said who they are.
  public Account defaultAccount() {
    return defaultAccount;
  }

  public @Nullable Account find(String name) {
    return accounts.get(name);
  }

  /// All users in the order of their names.
  public List<AclUser> users() {
    List<AclUser> users = new ArrayList<>();
    new TreeMap<>(accounts).values().forEach(account -> users.add(account.user()));
    return users;
  }

  /// The account of a user, if this is its password; null if not. A user who needs no password may give
  /// any.
  public @Nullable Account authenticate(String name, byte[] password) {
    Account account = accounts.get(name);
    byte[] given = hash(password).getBytes(StandardCharsets.US_ASCII);
    boolean matches = isEqual(NO_SUCH_HASH, given);
    if (account == null) {
      return null;
    }
    AclUser user = account.user();
    for (String wanted : user.passwordHashes()) {
      matches |= isEqual(wanted, given);
    }
    return (matches || user.noPassword()) && user.enabled() ? account : null;
  }

  private static boolean isEqual(String wanted, byte[] given) {
    return MessageDigest.isEqual(wanted.getBytes(StandardCharsets.US_ASCII), given);
  }

  /// What a user would be after some rules.
  ///
  /// @throws AclRuleException if one makes no sense; its message names it
  public AclUser plan(String name, List<String> rules) {
    Account account = accounts.get(name);
    AclUserRules planned =
        account == null
            ? new AclUserRules(catalog, name)
            : AclUserRules.of(catalog, account.user());
    for (String rule : rules) {
      try {
        planned.apply(rule);
      } catch (AclRuleException wrong) {
        throw new AclRuleException(
            "Error in ACL SETUSER modifier '" + rule + "': " + wrong.reason());
      }
    }
    return planned.build();
  }

  /// Creates a user or replaces what it may do.
  public synchronized void put(AclUser user) {
    Account account = accounts.get(user.name());
    if (account != null) {
      account.replace(user);
      return;
    }
    Map<String, Account> more = new LinkedHashMap<>(accounts);
    more.put(user.name(), new Account(user));
    accounts = Map.copyOf(more);
  }

  /// Removes a user other than the default one.
  ///
  /// @return false if there is none
  public synchronized boolean remove(String name) {
    Map<String, Account> fewer = new LinkedHashMap<>(accounts);
    boolean removed = fewer.remove(name) != null;
    accounts = Map.copyOf(fewer);
    return removed;
  }

  /// The users that the lines of an ACL file define.
  ///
  /// @throws AclRuleException naming the first line that makes no sense
  public List<AclUser> parse(List<String> lines) {
    Map<String, AclUser> users = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).trim();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        AclUser user = parse(line);
        if (users.put(user.name(), user) != null) {
          throw new AclRuleException("Duplicate user '" + user.name() + "' found");
        }
      } catch (AclRuleException wrong) {
        throw new AclRuleException((i + 1) + ": " + wrong.reason());
      }
    }
    return List.copyOf(users.values());
  }

  /// The user that a line like `user NAME RULE ...` defines.
  ///
  /// @throws AclRuleException if it makes no sense
  public AclUser parse(String line) {
    List<String> words = List.of(line.split(" +", -1));
    if (words.size() < 2 || !words.getFirst().equals("user")) {
      throw new AclRuleException("should start with user keyword followed by the username");
    }
    AclUserRules rules = new AclUserRules(catalog, words.get(1));
    mergeSelectors(words.subList(2, words.size())).forEach(rules::apply);
    return rules.build();
  }

  /// Has these users and no others; the default user stays as it is unless it is among them.
  public synchronized void replaceAll(List<AclUser> users) {
    Map<String, Account> next = new LinkedHashMap<>();
    next.put(DEFAULT_USER, defaultAccount);
    for (AclUser user : users) {
      Account account = accounts.get(user.name());
      if (account == null) {
        account = new Account(user);
      } else {
        account.replace(user);
      }
      next.put(user.name(), account);
    }
    accounts = Map.copyOf(next);
  }

  /// Puts the rules between parentheses into one word each.
  ///
  /// @throws AclRuleException if a parenthesis stays open
  public static List<String> mergeSelectors(List<String> words) {
    List<String> merged = new ArrayList<>();
    int open = -1;
    StringBuilder selector = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (open < 0 && word.startsWith("(") && !word.endsWith(")")) {
        open = i;
        selector.setLength(0);
        selector.append(word);
      } else if (open >= 0) {
        selector.append(' ').append(word);
        if (word.endsWith(")")) {
          merged.add(selector.toString());
          open = -1;
        }
      } else {
        merged.add(word);
      }
    }
    if (open >= 0) {
      throw new AclRuleException(
          "Unmatched parenthesis in acl selector starting at '" + words.get(open) + "'.");
    }
    return merged;
  }

  static String hash(String password) {
    return hash(password.getBytes(StandardCharsets.UTF_8));
  }

  private static String hash(byte[] password) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(password));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
