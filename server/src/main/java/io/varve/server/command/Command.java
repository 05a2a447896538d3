package io.varve.server.command;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// One command: all that the server, COMMAND, the ACL and the docs page need to know of it.
///
/// @param name in lower case; of a sub-command the part behind the container's name
/// @param container name of the container (`config` of `config get`), empty if none
/// @param arity number of arguments with the name; negative means "at least"
/// @param handler what it does; a container's handler answers for missing sub-commands
/// @param group `string`, `generic`, `connection`, `server`, `transactions` ...
/// @param since version of Redis that brought it
/// @param complexity in the O notation, in our words
/// @param summary one sentence, in our words
/// @param difference what differs from Redis, in a sentence; empty if nothing does
/// @param subcommands empty unless this is a container
public record Command(
    String name,
    String container,
    int arity,
    Set<CommandFlag> flags,
    KeySpec keySpec,
    Set<AclCategory> categories,
    Handler handler,
    String group,
    String since,
    String complexity,
    String summary,
    String difference,
    List<Command> subcommands) {

  /// `config|get` for a sub-command, the name for others.
  public String fullName() {
    return container.isEmpty() ? name : container + "|" + name;
  }

  public boolean is(CommandFlag flag) {
    return flags.contains(flag);
  }

  /// Starts the description of a command.
  ///
  /// @param arity see [Command]
  public static Builder define(String name, int arity, Handler handler) {
    return new Builder(name, arity, handler);
  }

  /// Collects what a registration table says of a command. Only for start-up.
  public static final class Builder {
    private final String name;
    private final int arity;
    private final Handler handler;
    private final EnumSet<CommandFlag> flags = EnumSet.noneOf(CommandFlag.class);
    private final EnumSet<AclCategory> categories = EnumSet.noneOf(AclCategory.class);
    private KeySpec keySpec = KeySpec.NONE;
    private String container = "";
    private String group = "generic";
    private String since = "1.0.0";
    private String complexity = "O(1)";
    private String summary = "";
    private String difference = "";
    private List<Command> subcommands = List.of();

    private Builder(String name, int arity, Handler handler) {
      this.name = name;
      this.arity = arity;
      this.handler = handler;
    }

    public Builder flags(CommandFlag... more) {
      flags.addAll(List.of(more));
      return this;
    }

    public Builder keys(KeySpec spec) {
      keySpec = spec;
      return this;
    }

    public Builder categories(AclCategory... more) {
      categories.addAll(List.of(more));
      return this;
    }

    public Builder group(String groupName) {
      group = groupName;
      return this;
    }

    public Builder since(String version) {
      since = version;
      return this;
    }

    public Builder complexity(String text) {
      complexity = text;
      return this;
    }

    public Builder summary(String text) {
      summary = text;
      return this;
    }

    /// Says what differs from Redis.
    public Builder differs(String text) {
      difference = text;
      return this;
    }

    /// Makes this a container of sub-commands.
    public Builder subcommands(Builder... builders) {
      List<Command> built = new ArrayList<>(builders.length);
      for (Builder builder : builders) {
        built.add(builder.in(name).build());
      }
      subcommands = List.copyOf(built);
      return this;
    }

    private Builder in(String containerName) {
      container = containerName;
      return this;
    }

    /// Adds the categories that follow from the flags, the flag that follows from the keys, and makes the record.
    public Command build() {
      categories.add(flags.contains(CommandFlag.FAST) ? AclCategory.FAST : AclCategory.SLOW);
      if (!keySpec.searches().isEmpty()) {
        flags.add(CommandFlag.MOVABLEKEYS);
      }
      if (flags.contains(CommandFlag.BLOCKING)) {
        categories.add(AclCategory.BLOCKING);
      }
      if (flags.contains(CommandFlag.WRITE)) {
        categories.add(AclCategory.WRITE);
      }
      if (flags.contains(CommandFlag.READONLY)) {
        categories.add(AclCategory.READ);
      }
      if (flags.contains(CommandFlag.PUBSUB)) {
        categories.add(AclCategory.PUBSUB);
      }
      if (flags.contains(CommandFlag.ADMIN)) {
        categories.add(AclCategory.ADMIN);
        categories.add(AclCategory.DANGEROUS);
      }
      return new Command(
          name,
          container,
          arity,
          Set.copyOf(flags),
          keySpec,
          Set.copyOf(categories),
          handler,
          group,
          since,
          complexity,
          summary,
          difference,
          subcommands);
    }
  }
}
