package io.varve.server.command;

import io.varve.server.acl.AclCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The command table as rules of users name it.
public record CommandCatalog(CommandTable table) implements AclCatalog {

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public int find(String name) {
    return table.find(name);
  }

  @Override
  public List<Integer> subcommandsOf(int command) {
    List<Integer> numbers = new ArrayList<>();
    for (Command subcommand : table.get(command).subcommands()) {
      numbers.add(table.find(subcommand.fullName()));
    }
    return numbers;
  }

  @Override
  public @Nullable List<Integer> findCategory(String name) {
    for (AclCategory category : AclCategory.values()) {
      if (category.name().toLowerCase(Locale.ROOT).equals(name)) {
        return members(category);
      }
    }
    return null;
  }

  private List<Integer> members(AclCategory category) {
    List<Integer> numbers = new ArrayList<>();
    for (int number = 0; number < table.size(); number++) {
      if (table.get(number).categories().contains(category)) {
        numbers.add(number);
      }
    }
    return numbers;
  }
}
