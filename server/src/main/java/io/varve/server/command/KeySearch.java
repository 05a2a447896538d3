package io.varve.server.command;

import io.varve.engine.bytes.Slice;
import java.util.Arrays;
import java.util.List;

/// One way in which a request says where its keys stand, beyond fixed positions.
public sealed interface KeySearch {

  /// A number of keys, and behind it as many keys, as in `EVAL script 2 key key arg`.
  ///
  /// @param countIndex index of the number
  record Counted(int countIndex) implements KeySearch {
    @Override
    public void find(Arguments args, int name, KeyPositions into) {
      int at = name + countIndex;
      if (at >= args.count() || !args.isLong(at)) {
        return;
      }
      long keys = args.longAt(at);
      if (keys > 0 && keys <= args.count() - at - 1) {
        for (int i = 1; i <= keys; i++) {
          into.add(at + i);
        }
      }
    }
  }

  /// Keys behind a word, as in `XREAD STREAMS key key id id`.
  ///
  /// @param keyword in upper case; the first place where it stands counts
  /// @param startIndex where to begin to look
  /// @param last the last key, counted from the first, or from the end where negative
  /// @param parts into how many equal parts what follows is divided, the first of which are keys
  record AfterKeyword(String keyword, int startIndex, int last, int parts) implements KeySearch {
    @Override
    public void find(Arguments args, int name, KeyPositions into) {
      int at = name + startIndex;
      while (at < args.count() && !args.is(at, keyword)) {
        at++;
      }
      int first = at + 1;
      int end = last < 0 ? args.count() + last : first + last;
      int keys = (end - first + 1) / parts;
      for (int i = 0; i < keys && first + i < args.count(); i++) {
        into.add(first + i);
      }
    }
  }

  /// Keys behind a word that stands among options, as in `MIGRATE ... AUTH password KEYS key key`: it reads
  /// the options as the command does. The word means that the fixed place, which is empty then, is none.
  ///
  /// @param keyword in upper case
  /// @param startIndex where the options begin
  /// @param options all that have arguments
  record AfterOptions(String keyword, int startIndex, List<Option> options) implements KeySearch {
    @Override
    public void find(Arguments args, int name, KeyPositions into) {
      int i = name + startIndex;
      while (i < args.count() && !args.is(i, keyword)) {
        i += 1 + argumentsAt(args, i);
      }
      if (i + 1 >= args.count()) {
        return;
      }
      if (into.count() == 1 && args.length(into.get(0)) == 0) {
        into.clear();
      }
      for (i++; i < args.count(); i++) {
        into.add(i);
      }
    }

    private int argumentsAt(Arguments args, int index) {
      for (int o = 0; o < options.size(); o++) {
        if (args.is(index, options.get(o).word)) {
          return options.get(o).arguments;
        }
      }
      return 0;
    }
  }

  /// The key behind the last of some options, as in `SORT key STORE other STORE key`: it reads the options
  /// as the command does, so that an argument of another option is not taken for one of these.
  ///
  /// @param startIndex where the options begin
  /// @param options all that have arguments
  record LastOption(int startIndex, List<Option> options) implements KeySearch {
    @Override
    public void find(Arguments args, int name, KeyPositions into) {
      int found = 0;
      for (int i = name + startIndex; i < args.count(); i++) {
        for (int o = 0; o < options.size(); o++) {
          Option option = options.get(o);
          if (i + option.arguments < args.count() && args.is(i, option.word)) {
            found = option.isKey ? i + 1 : found;
            i += option.arguments;
            break;
          }
        }
      }
      if (found > 0) {
        into.add(found);
      }
    }
  }

  /// An option of a command.
  ///
  /// @param word in upper case
  /// @param arguments number of arguments behind it
  /// @param isKey whether its argument is the key
  record Option(String word, int arguments, boolean isKey) {}

  /// Adds the positions of the keys it finds; none where the request makes no sense.
  ///
  /// @param name index of the command's name among the arguments
  void find(Arguments args, int name, KeyPositions into);

  /// Positions of keys among the arguments of a request; reused.
  final class KeyPositions {
    private int[] positions = new int[8];
    private int count;

    public void clear() {
      count = 0;
    }

    public int count() {
      return count;
    }

    /// Index of a key among the arguments.
    public int get(int index) {
      return positions[index];
    }

    /// A key of the request that the positions were found in.
    public Slice key(Arguments args, int index) {
      return args.get(positions[index]);
    }

    void add(int position) {
      if (count == positions.length) {
        positions = Arrays.copyOf(positions, count * 2);
      }
      positions[count++] = position;
    }
  }
}
