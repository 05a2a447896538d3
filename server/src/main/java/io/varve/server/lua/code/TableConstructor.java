package io.varve.server.lua.code;

import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Operations;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `{...}`.
final class TableConstructor extends Expression {

  /// One field, in the order of the text.
  ///
  /// @param key null for an element of the list
  record Field(@Nullable Expression key, Expression value) {}

  private final Field[] fields;
  private final int listSize;
  private final int hashSize;

  TableConstructor(int line, List<Field> fields) {
    super(line);
    this.fields = fields.toArray(new Field[0]);
    int list = 0;
    for (Field field : fields) {
      list += field.key == null ? 1 : 0;
    }
    this.hashSize = rounded(fields.size() - list);
    boolean openEnd = list > 0 && fields.getLast().key == null && fields.getLast().value.isMany();
    this.listSize = rounded(openEnd ? list - 1 : list);
  }

  /// The size as the byte code of Lua 5.1 can say it: eight steps to each power of two, rounded up.
  private static int rounded(int size) {
    int mantissa = size;
    int exponent = 0;
    while (mantissa >= 16) {
      mantissa = (mantissa + 1) >> 1;
      exponent++;
    }
    return mantissa < 8 ? size : mantissa << exponent;
  }

  @Override
  Object eval(Frame frame) {
    LuaTable table = new LuaTable(frame.state, listSize, hashSize);
    int index = 1;
    for (int i = 0; i < fields.length; i++) {
      Field field = fields[i];
      Expression key = field.key;
      if (key != null) {
        Object at = key.eval(frame);
        Object value = field.value.eval(frame);
        frame.site = this;
        Operations.rawSet(frame.state, table, at, value);
      } else if (i == fields.length - 1 && field.value.isMany()) {
        addAll(table, index, field.value.evalMany(frame));
      } else {
        table.set(index++, field.value.eval(frame));
      }
    }
    return table;
  }

  private static void addAll(LuaTable table, int from, Object result) {
    if (result instanceof Object[] values) {
      table.reserveArray(from - 1 + values.length);
      for (int i = 0; i < values.length; i++) {
        table.set(from + i, values[i]);
      }
    } else {
      table.reserveArray(from);
      table.set(from, result);
    }
  }
}
