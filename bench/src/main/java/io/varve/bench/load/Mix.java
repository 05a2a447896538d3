package io.varve.bench.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// How often each action is drawn. Immutable.
///
/// @param shares of each action that there is; in any unit
record Mix(Map<Action, Integer> shares) {

  Mix {
    if (shares.isEmpty()) {
      throw new IllegalArgumentException("a mix of nothing");
    }
    for (int share : shares.values()) {
      if (share <= 0 || share > 1_000_000) {
        throw new IllegalArgumentException("a share of " + share);
      }
    }
    shares = new EnumMap<>(shares);
  }

  static Mix of(Action only) {
    return new Mix(Map.of(only, 1));
  }

  /// @param text `read=95,update=5`
  /// @throws IllegalArgumentException if it is none
  static Mix parse(String text) {
    Map<Action, Integer> shares = new EnumMap<>(Action.class);
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("not ACTION=SHARE: " + part);
      }
      Action action = Action.of(part.substring(0, equals).strip());
      shares.merge(action, Integer.parseInt(part.substring(equals + 1).strip()), Integer::sum);
    }
    return new Mix(shares);
  }

  List<Action> actions() {
    return List.copyOf(shares.keySet());
  }

  boolean has(Action action) {
    return shares.containsKey(action);
  }

  boolean asksForRecords() {
    return shares.keySet().stream().anyMatch(Action::asksForRecords);
  }

  /// An action for each number below the sum of the shares: drawn from without a search.
  Action[] wheel() {
    List<Action> wheel = new ArrayList<>();
    shares.forEach((action, share) -> wheel.addAll(Collections.nCopies(share, action)));
    return wheel.toArray(Action[]::new);
  }

  static Action draw(Action[] wheel, SplittableRandom random) {
    return wheel.length == 1 ? wheel[0] : wheel[random.nextInt(wheel.length)];
  }

  /// `read 95 %, update 5 %`
  @Override
  public String toString() {
    int sum = shares.values().stream().mapToInt(Integer::intValue).sum();
    StringBuilder text = new StringBuilder();
    shares.forEach(
        (action, share) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(action.optionName())
                .append(' ')
                .append(Math.round(1000.0 * share / sum) / 10.0)
                .append(" %"));
    return text.toString();
  }
}
