package io.varve.server.acl;

import io.varve.engine.bytes.Slice;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A set of permissions: commands, keys and channels that go together. Immutable.
public final class AclSelector {

  private static final Slice ALL = Slice.of("*");

  private final BitSet commands;
  private final boolean allCommands;
  private final Map<Integer, Set<String>> firstArguments;
  private final boolean allKeys;
  private final List<AclPattern> keys;
  private final boolean allChannels;
  private final List<AclPattern> channels;
  private final String commandRules;

  AclSelector(AclSelectorRules rules) {
    commands = (BitSet) rules.commands.clone();
    allCommands = rules.commands.cardinality() == rules.catalog.size();
    firstArguments = Map.copyOf(rules.firstArguments);
    allKeys = rules.allKeys;
    keys = List.copyOf(rules.keys);
    allChannels = rules.allChannels;
    channels = List.copyOf(rules.channels);
    commandRules = rules.commandRules();
  }

  /// Whether nothing is forbidden.
  public boolean isUnlimited() {
    return allCommands && allKeys && allChannels;
  }

  /// Whether a command may be run at all, or with its first argument.
  ///
  /// @param firstArgument empty if there is none
  public boolean allowsCommand(int command, String firstArgument) {
    if (commands.get(command)) {
      return true;
    }
    Set<String> arguments = firstArguments.get(command);
    return arguments != null && arguments.contains(firstArgument.toLowerCase(Locale.ROOT));
  }

  public boolean hasAllKeys() {
    return allKeys;
  }

  /// Whether any key may be read, whatever its name.
  public boolean readsAllKeys() {
    if (allKeys) {
      return true;
    }
    for (AclPattern pattern : keys) {
      if (pattern.read() && pattern.text().contentEquals(ALL)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a key may be touched in this way.
  public boolean allowsKey(Slice key, boolean reads, boolean writes) {
    if (allKeys) {
      return true;
    }
    for (AclPattern pattern : keys) {
      if ((!reads || pattern.read()) && (!writes || pattern.write()) && pattern.matches(key)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a channel may be used.
  public boolean allowsChannel(Slice channel) {
    if (allChannels) {
      return true;
    }
    for (AclPattern pattern : channels) {
      if (pattern.matches(channel)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a pattern may be subscribed to: it has to be allowed literally.
  public boolean allowsChannelPattern(Slice wanted) {
    if (allChannels) {
      return true;
    }
    for (AclPattern pattern : channels) {
      if (pattern.text().contentEquals(wanted)) {
        return true;
      }
    }
    return false;
  }

  /// Rules for commands, as `-@all +get`.
  public String commandRules() {
    return commandRules;
  }

  /// Rules for keys, as `~a* %R~b*`.
  public String keyRules() {
    return allKeys ? "~*" : String.join(" ", keys.stream().map(AclPattern::keyRule).toList());
  }

  /// Rules for channels, as `&a*`.
  public String channelRules() {
    return allChannels
        ? "&*"
        : String.join(
            " ", channels.stream().map(pattern -> "&" + pattern.text().toUtf8()).toList());
  }

  /// All rules, which make the same selector again.
  String rules() {
    StringBuilder text = new StringBuilder();
    if (!keyRules().isEmpty()) {
      text.append(keyRules()).append(' ');
    }
    if (!allChannels) {
      text.append("resetchannels ");
    }
    if (!channelRules().isEmpty()) {
      text.append(channelRules()).append(' ');
    }
    return text.append(commandRules).toString();
  }

  boolean isAllKeys() {
    return allKeys;
  }

  boolean isAllChannels() {
    return allChannels;
  }

  List<AclPattern> keyPatterns() {
    return keys;
  }

  List<AclPattern> channelPatterns() {
    return channels;
  }

  BitSet commandSet() {
    return commands;
  }

  Map<Integer, Set<String>> firstArguments() {
    return firstArguments;
  }
}
