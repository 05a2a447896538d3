package io.varve.server.commands;

import io.varve.engine.bytes.Slice;
import io.varve.server.command.Arguments;
import io.varve.server.command.Errors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client wants of SORT.
///
/// @param by what to sort by, null for the elements themselves
/// @param sorts whether to sort at all: not by a pattern without a star
/// @param offset elements to skip
/// @param count elements to return, negative for all
/// @param gets what to return, the elements if empty
/// @param storeAt index of the argument that names the key to store the result under, 0 if none
record SortOptions(
    @Nullable SortPattern by,
    boolean sorts,
    long offset,
    long count,
    List<SortPattern> gets,
    boolean descending,
    boolean alphabetic,
    int storeAt) {

  /// @param readOnly whether STORE is refused
  static SortOptions of(Arguments args, boolean readOnly) {
    SortPattern by = null;
    long offset = 0;
    long count = -1;
    List<SortPattern> gets = new ArrayList<>();
    boolean descending = false;
    boolean alphabetic = false;
    int storeAt = 0;
    for (int i = 2; i < args.count(); i++) {
      int left = args.count() - i - 1;
      if (args.is(i, "ASC")) {
        descending = false;
      } else if (args.is(i, "DESC")) {
        descending = true;
      } else if (args.is(i, "ALPHA")) {
        alphabetic = true;
      } else if (args.is(i, "LIMIT") && left >= 2) {
        offset = args.longAt(++i);
        count = args.longAt(++i);
      } else if (!readOnly && args.is(i, "STORE") && left >= 1) {
        storeAt = ++i;
      } else if (args.is(i, "BY") && left >= 1) {
        by = SortPattern.of(args.get(++i));
      } else if (args.is(i, "GET") && left >= 1) {
        gets.add(SortPattern.of(args.get(++i)));
      } else {
        throw Errors.syntax();
      }
    }
    boolean sorts = by == null || !by.isConstant();
    return new SortOptions(by, sorts, offset, count, gets, descending, alphabetic, storeAt);
  }

  /// A set that is stored unsorted, or read by a script, is sorted all the same, so that the list is
  /// always the same.
  SortOptions forSet(boolean scripted) {
    return sorts || (storeAt == 0 && !scripted)
        ? this
        : new SortOptions(null, true, offset, count, gets, descending, true, storeAt);
  }

  /// The elements that are wanted.
  List<Slice> limit(List<Slice> elements) {
    long size = elements.size();
    long from = Math.clamp(offset, 0, size);
    long to = count < 0 ? size : Math.min(size, from + Math.min(count, size));
    return elements.subList((int) from, (int) to);
  }
}
