package io.varve.server.acl;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A selector in the making: rule after rule changes it.
///
/// The rules for commands are kept as they were given, but for those that a later one makes
/// meaningless, so that they can be shown.
final class AclSelectorRules {

  private static final String UNKNOWN = "Unknown command or category name in ACL";

  final AclCatalog catalog;
  final BitSet commands = new BitSet();
  final Map<Integer, Set<String>> firstArguments = new HashMap<>();
  final List<AclPattern> keys = new ArrayList<>();
  final List<AclPattern> channels = new ArrayList<>();
  boolean allKeys;
  boolean allChannels;
  private String base = "-@all";
  private final List<String> given = new ArrayList<>();

  AclSelectorRules(AclCatalog catalog) {
    this.catalog = catalog;
  }

  static AclSelectorRules of(AclCatalog catalog, AclSelector selector) {
    AclSelectorRules rules = new AclSelectorRules(catalog);
    rules.commands.or(selector.commandSet());
    selector
        .firstArguments()
        .forEach((command, some) -> rules.firstArguments.put(command, new HashSet<>(some)));
    rules.keys.addAll(selector.keyPatterns());
    rules.channels.addAll(selector.channelPatterns());
    rules.allKeys = selector.isAllKeys();
    rules.allChannels = selector.isAllChannels();
    String[] words = selector.commandRules().split(" ", -1);
    rules.base = words[0];
    rules.given.addAll(List.of(words).subList(1, words.length));
    return rules;
  }

  String commandRules() {
    return given.isEmpty() ? base : base + " " + String.join(" ", given);
  }

  /// @return whether it is a rule for selectors
  /// @throws AclRuleException if it is one that makes no sense
  boolean apply(String rule) {
    switch (rule.toLowerCase(Locale.ROOT)) {
      case "allkeys", "~*" -> {
        keys.clear();
        allKeys = true;
      }
      case "resetkeys" -> {
        keys.clear();
        allKeys = false;
      }
      case "allchannels", "&*" -> {
        channels.clear();
        allChannels = true;
      }
      case "resetchannels" -> {
        channels.clear();
        allChannels = false;
      }
      case "allcommands", "+@all" -> setAll(true);
      case "nocommands", "-@all" -> setAll(false);
      default -> {
        return applyPrefixed(rule);
      }
    }
    return true;
  }

  private boolean applyPrefixed(String rule) {
    if (rule.startsWith("~")) {
      addKeys(rule.substring(1), true, true);
    } else if (rule.startsWith("%")) {
      addKeysWithAccess(rule);
    } else if (rule.startsWith("&")) {
      addChannels(rule.substring(1));
    } else if (rule.startsWith("+@") || rule.startsWith("-@")) {
      setCategory(rule.substring(2).toLowerCase(Locale.ROOT), rule.charAt(0) == '+');
    } else if (rule.startsWith("+") || rule.startsWith("-")) {
      setCommand(rule.substring(1).toLowerCase(Locale.ROOT), rule.charAt(0) == '+');
    } else {
      return false;
    }
    return true;
  }

  private void addKeysWithAccess(String rule) {
    int tilde = rule.indexOf('~');
    String access = tilde < 0 ? "" : rule.substring(1, tilde).toUpperCase(Locale.ROOT);
    if (access.isEmpty() || !access.chars().allMatch(c -> c == 'R' || c == 'W')) {
      throw syntax();
    }
    addKeys(rule.substring(tilde + 1), access.indexOf('R') >= 0, access.indexOf('W') >= 0);
  }

  private void addKeys(String pattern, boolean read, boolean write) {
    if (allKeys) {
      throw new AclRuleException(
          "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not"
              + " have any effect. Try 'resetkeys' to start with an empty list of patterns");
    }
    checkText(pattern);
    AclPattern added = AclPattern.of(pattern, read, write);
    for (int i = 0; i < keys.size(); i++) {
      AclPattern known = keys.get(i);
      if (known.text().contentEquals(added.text())) {
        keys.set(i, AclPattern.of(pattern, known.read() || read, known.write() || write));
        return;
      }
    }
    keys.add(added);
  }

  private void addChannels(String pattern) {
    if (allChannels) {
      throw new AclRuleException(
          "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does"
              + " not have any effect. Try 'resetchannels' to start with an empty list of channels");
    }
    checkText(pattern);
    AclPattern added = AclPattern.of(pattern, true, true);
    if (channels.stream().noneMatch(known -> known.text().contentEquals(added.text()))) {
      channels.add(added);
    }
  }

  private static void checkText(String pattern) {
    if (pattern.chars().anyMatch(c -> c <= ' ')) {
      throw syntax();
    }
  }

  private void setAll(boolean allowed) {
    commands.clear();
    if (allowed) {
      commands.set(0, catalog.size());
    }
    firstArguments.clear();
    base = allowed ? "+@all" : "-@all";
    given.clear();
  }

  private void setCategory(String name, boolean allowed) {
    List<Integer> members = catalog.findCategory(name);
    if (members == null) {
      throw new AclRuleException(UNKNOWN);
    }
    for (int command : members) {
      set(command, allowed);
    }
    note("@" + name, allowed);
  }

  private void setCommand(String name, boolean allowed) {
    int command = catalog.find(name);
    if (command >= 0) {
      set(command, allowed);
      for (int subcommand : catalog.subcommandsOf(command)) {
        set(subcommand, allowed);
      }
      note(name, allowed);
      return;
    }
    int bar = name.lastIndexOf('|');
    int parent = bar < 0 ? -1 : catalog.find(name.substring(0, bar));
    if (parent >= 0 && name.indexOf('|') < bar) {
      throw new AclRuleException("Allowing first-arg of a subcommand is not supported");
    }
    if (parent < 0 || !catalog.subcommandsOf(parent).isEmpty()) {
      throw new AclRuleException(UNKNOWN);
    }
    if (!allowed) {
      throw new AclRuleException(UNKNOWN);
    }
    if (bar == name.length() - 1) {
      throw syntax();
    }
    firstArguments.computeIfAbsent(parent, _ -> new HashSet<>()).add(name.substring(bar + 1));
    note(name, true);
  }

  private void set(int command, boolean allowed) {
    commands.set(command, allowed);
    firstArguments.remove(command);
  }

  /// Drops what the new rule makes meaningless, and keeps it as the last.
  private void note(String name, boolean allowed) {
    given.removeIf(
        rule -> {
          String known = rule.substring(1);
          return known.equals(name) || known.startsWith(name + "|");
        });
    given.add((allowed ? "+" : "-") + name);
  }

  static AclRuleException syntax() {
    return new AclRuleException("Syntax error");
  }
}
