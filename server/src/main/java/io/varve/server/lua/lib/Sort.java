package io.varve.server.lua.lib;

import io.varve.server.lua.value.Args;
import io.varve.server.lua.value.Builtin;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Operations;
import org.jspecify.annotations.Nullable;

/// `table.sort`: quicksort with the median of three as its pivot (Sedgewick).
///
/// It is not stable, so the steps are those of Lua 5.1: elements that compare equal end up in the order
/// that scripts get from it.
final class Sort {

  /// As a call, so that its errors are those of a native function: without a position.
  private static final Builtin COMPARE =
      new Builtin("sort", args -> Operations.less(args.state(), args.get(1), args.get(2)));

  private final Args args;
  private final LuaState state;
  private final LuaTable table;
  private final @Nullable LuaFunction order;

  private Sort(Args args, LuaTable table, @Nullable LuaFunction order) {
    this.args = args;
    this.state = args.state();
    this.table = table;
    this.order = order;
  }

  static Object sort(Args args) {
    LuaTable table = args.table(1);
    LuaFunction order = args.isNil(2) ? null : args.function(2);
    new Sort(args, table, order).sort(1, table.length());
    return LuaState.NO_VALUES;
  }

  private void sort(int from, int to) {
    int low = from;
    int high = to;
    while (low < high) {
      orderPair(low, high);
      if (high - low == 1) {
        return;
      }
      int middle = low + (high - low) / 2;
      if (less(table.get(middle), table.get(low))) {
        swap(middle, low);
      } else {
        orderPair(middle, high);
      }
      if (high - low == 2) {
        return;
      }
      int pivotAt = partition(low, high, middle);
      // The smaller part by recursion, the larger by the loop: the depth stays logarithmic.
      if (pivotAt - low < high - pivotAt) {
        sort(low, pivotAt - 1);
        low = pivotAt + 1;
      } else {
        sort(pivotAt + 1, high);
        high = pivotAt - 1;
      }
    }
  }

  private int partition(int low, int high, int middle) {
    Object pivot = table.get(middle);
    swap(middle, high - 1);
    int i = low;
    int j = high - 1;
    while (true) {
      while (less(table.get(++i), pivot)) {
        if (i > high) {
          throw args.error("invalid order function for sorting");
        }
      }
      while (less(pivot, table.get(--j))) {
        if (j < low) {
          throw args.error("invalid order function for sorting");
        }
      }
      if (j < i) {
        break;
      }
      swap(i, j);
    }
    swap(high - 1, i);
    return i;
  }

  private void orderPair(int one, int other) {
    if (less(table.get(other), table.get(one))) {
      swap(one, other);
    }
  }

  private void swap(int one, int other) {
    Object first = table.get(one);
    TableLibrary.set(args, table, one, table.get(other));
    TableLibrary.set(args, table, other, first);
  }

  private boolean less(Object a, Object b) {
    state.step();
    LuaFunction function = order;
    if (function != null) {
      return Operations.isTrue(LuaState.first(state.callBack(function, a, b)));
    }
    if (a instanceof Double x && b instanceof Double y) {
      return x < y;
    }
    return Operations.isTrue(LuaState.first(state.callBack(COMPARE, a, b)));
  }
}
