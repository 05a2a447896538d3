package io.varve.bench.contest;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/// Which rows and targets to run.
record Selection(Set<Row> rows, Set<Target> targets) {

  /// @param names none for everything
  /// @throws IllegalArgumentException naming what is neither a row nor a target
  static Selection of(List<String> names) {
    if (names.isEmpty()) {
      return new Selection(EnumSet.allOf(Row.class), EnumSet.allOf(Target.class));
    }
    Set<Row> rows = EnumSet.noneOf(Row.class);
    Set<Target> targets = EnumSet.noneOf(Target.class);
    for (String name : names) {
      boolean known = false;
      for (Row row : Row.values()) {
        if (row.optionName().equals(name)) {
          rows.add(row);
          known = true;
        }
      }
      for (Target target : Target.values()) {
        if (target.optionName().equals(name)) {
          targets.add(target);
          known = true;
        }
      }
      if (!known) {
        throw new IllegalArgumentException(
            "--only: there is no row '" + name + "'; there are " + String.join(", ", names()));
      }
    }
    return new Selection(rows, targets);
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>();
    for (Row row : Row.values()) {
      names.add(row.optionName());
    }
    for (Target target : Target.values()) {
      names.add(target.optionName());
    }
    return names;
  }

  /// For the help.
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }
}
