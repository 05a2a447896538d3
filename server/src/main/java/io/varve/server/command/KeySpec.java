package io.varve.server.command;

import io.varve.server.command.KeySearch.AfterKeyword;
import io.varve.server.command.KeySearch.AfterOptions;
import io.varve.server.command.KeySearch.Counted;
import io.varve.server.command.KeySearch.KeyPositions;
import io.varve.server.command.KeySearch.LastOption;
import io.varve.server.command.KeySearch.Option;
import java.util.ArrayList;
import java.util.List;

/// Where the keys of a command stand among its arguments.
///
/// @param first index of the first key at a fixed place, 0 if there is none
/// @param last index of the last key; negative counts from the end: -1 is the last argument
/// @param step distance from one key to the next
/// @param searches what else to look for, in this order; keys that only these find make a command
///     [CommandFlag#MOVABLEKEYS]
public record KeySpec(int first, int last, int step, List<KeySearch> searches) {

  public static final KeySpec NONE = new KeySpec(0, 0, 0);
  public static final KeySpec FIRST = new KeySpec(1, 1, 1);
  public static final KeySpec FIRST_TWO = new KeySpec(1, 2, 1);

  /// The last argument is a time: `BLPOP key key 0`.
  public static final KeySpec ALL_BUT_LAST = new KeySpec(1, -2, 1);

  public static final KeySpec ALL = new KeySpec(1, -1, 1);
  public static final KeySpec EVERY_OTHER = new KeySpec(1, -1, 2);

  /// Keys at fixed places only.
  public KeySpec(int first, int last, int step) {
    this(first, last, step, List.of());
  }

  /// A number of keys at an index, and the keys behind it: `ZUNION 2 key key`.
  public static KeySpec counted(int countIndex) {
    return NONE.andCounted(countIndex);
  }

  /// Keys behind a word, the first half of what follows: `XREAD STREAMS key id`.
  public static KeySpec halfAfter(String keyword, int startIndex) {
    return NONE.and(new AfterKeyword(keyword, startIndex, -1, 2));
  }

  /// These, and a number of keys with the keys behind it.
  public KeySpec andCounted(int countIndex) {
    return and(new Counted(countIndex));
  }

  /// These, and the key behind the last of some options: `SORT key STORE key`.
  public KeySpec andLastOption(int startIndex, Option... options) {
    return and(new LastOption(startIndex, List.of(options)));
  }

  /// These, and all that follows a word among options: `MIGRATE ... AUTH password KEYS key key`.
  ///
  /// @param startIndex where the options begin
  /// @param options those that have arguments
  public KeySpec andAllAfter(String keyword, int startIndex, Option... options) {
    return and(new AfterOptions(keyword, startIndex, List.of(options)));
  }

  private KeySpec and(KeySearch search) {
    List<KeySearch> more = new ArrayList<>(searches);
    more.add(search);
    return new KeySpec(first, last, step, List.copyOf(more));
  }

  /// Whether the command has keys at all.
  public boolean isNone() {
    return first == 0 && searches.isEmpty();
  }

  /// Finds the keys of a request.
  ///
  /// @param name index of the command's name among the arguments: 0 but for requests in requests
  /// @param into cleared first
  public void find(Arguments args, int name, KeyPositions into) {
    into.clear();
    if (first > 0) {
      int end = last >= 0 ? Math.min(name + last, args.count() - 1) : args.count() + last;
      for (int i = name + first; i <= end; i += step) {
        into.add(i);
      }
    }
    for (int i = 0; i < searches.size(); i++) {
      searches.get(i).find(args, name, into);
    }
  }
}
