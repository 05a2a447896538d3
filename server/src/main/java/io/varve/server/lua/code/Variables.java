package io.varve.server.lua.code;

import io.varve.server.lua.value.Cell;
import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.LuaTable;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations;
import org.jspecify.annotations.Nullable;

/// Nodes that read and assign variables: locals, those of enclosing functions, globals, fields.
final class Variables {

  private Variables() {}

  /// What can stand on the left of an assignment.
  abstract static class Assignable extends Expression {
    Assignable(int line) {
      super(line);
    }

    abstract void assign(Frame frame, Object value);
  }

  /// Declares a local: gives it a value and, if closures share it, a cell of its own.
  static void declare(Frame frame, Variable variable, Object value) {
    frame.slots[variable.slot] = variable.captured ? new Cell(value) : value;
  }

  static final class Local extends Assignable {
    private final Variable variable;

    Local(int line, Variable variable) {
      super(line);
      this.variable = variable;
    }

    @Override
    Object eval(Frame frame) {
      Object value = frame.slots[variable.slot];
      return variable.captured ? ((Cell) value).value : value;
    }

    @Override
    void assign(Frame frame, Object value) {
      if (variable.captured) {
        ((Cell) frame.slots[variable.slot]).value = value;
      } else {
        frame.slots[variable.slot] = value;
      }
    }

    @Override
    String describe() {
      return "local '" + variable.name + "'";
    }

    @Override
    String name() {
      return variable.name;
    }
  }

  static final class Upvalue extends Assignable {
    private final int index;
    private final String name;

    Upvalue(int line, int index, String name) {
      super(line);
      this.index = index;
      this.name = name;
    }

    @Override
    Object eval(Frame frame) {
      return frame.upvalues[index].value;
    }

    @Override
    void assign(Frame frame, Object value) {
      frame.upvalues[index].value = value;
    }

    @Override
    String describe() {
      return "upvalue '" + name + "'";
    }

    @Override
    String name() {
      return name;
    }
  }

  static final class Global extends Assignable {
    private final LuaString key;

    Global(int line, LuaString key) {
      super(line);
      this.key = key;
    }

    @Override
    Object eval(Frame frame) {
      LuaTable globals = frame.state.globals();
      Object value = globals.get(key);
      if (value != Nil.NIL || globals.metatable() == null) {
        return value;
      }
      frame.site = this;
      return Operations.index(frame.state, globals, key);
    }

    @Override
    void assign(Frame frame, Object value) {
      frame.site = this;
      Operations.setIndex(frame.state, frame.state.globals(), key, value);
    }

    @Override
    String describe() {
      return "global '" + key.text() + "'";
    }

    @Override
    String name() {
      return key.text();
    }
  }

  static final class Index extends Assignable {
    private final Expression object;
    private final Expression key;
    private final @Nullable LuaString constantKey;

    Index(int line, Expression object, Expression key) {
      super(line);
      this.object = object;
      this.key = key;
      this.constantKey = constantString(key);
    }

    @Override
    Object eval(Frame frame) {
      Object target = object.eval(frame);
      LuaString name = constantKey;
      if (target instanceof LuaTable table) {
        Object index = name != null ? name : key.eval(frame);
        Object value = name != null ? table.get(name) : table.get(index);
        if (value != Nil.NIL || table.metatable() == null) {
          return value;
        }
        return slowGet(frame, target, index);
      }
      return slowGet(frame, target, name != null ? name : key.eval(frame));
    }

    private Object slowGet(Frame frame, Object target, Object index) {
      frame.site = this;
      try {
        return Operations.index(frame.state, target, index);
      } catch (Operations.OperandError e) {
        throw e.named(frame.state, object.describe());
      }
    }

    @Override
    void assign(Frame frame, Object value) {
      Object target = object.eval(frame);
      assign(frame, target, key.eval(frame), value);
    }

    Object evalObject(Frame frame) {
      return object.eval(frame);
    }

    Object evalKey(Frame frame) {
      return key.eval(frame);
    }

    void assign(Frame frame, Object target, Object index, Object value) {
      if (target instanceof LuaTable table
          && table.metatable() == null
          && !table.isReadOnly()
          && index instanceof LuaString) {
        table.set(index, value);
        return;
      }
      frame.site = this;
      try {
        Operations.setIndex(frame.state, target, index, value);
      } catch (Operations.OperandError e) {
        throw e.named(frame.state, object.describe());
      }
    }

    @Override
    String describe() {
      LuaString name = constantKey;
      return "field '" + (name == null ? "?" : name.text()) + "'";
    }

    @Override
    String name() {
      LuaString name = constantKey;
      return name == null ? "?" : name.text();
    }
  }
}
