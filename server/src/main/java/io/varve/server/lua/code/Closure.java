package io.varve.server.lua.code;

import io.varve.server.lua.value.Cell;
import io.varve.server.lua.value.Frame;
import io.varve.server.lua.value.LiveBytes;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaState;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Traced;

/// A function of the program, with the variables around it that it uses.
final class Closure extends LuaFunction implements Traced {

  static final int BYTES = 64;

  private final Prototype prototype;
  private final Cell[] upvalues;

  Closure(Prototype prototype, Cell[] upvalues) {
    this.prototype = prototype;
    this.upvalues = upvalues;
  }

  @Override
  public Object call(LuaState state, Object[] args) {
    Closure callee = this;
    Object[] values = args;
    boolean tailCalled = false;
    while (true) {
      Prototype code = callee.prototype;
      Frame frame = code.newFrame(state, callee, callee.upvalues, values);
      frame.tailCalled = tailCalled;
      state.enter(frame, code.stackUnits());
      code.body().execute(frame);
      state.leave(frame, code.stackUnits());
      LuaFunction tail = frame.tailFunction;
      if (tail == null) {
        return frame.result;
      }
      callee = (Closure) tail;
      values = frame.tailArgs;
      tailCalled = true;
    }
  }

  @Override
  public void trace(LiveBytes into) {
    into.addBytes(BYTES + 8L * upvalues.length);
    into.addAll(upvalues);
  }

  /// A function expression.
  static final class Maker extends Expression {
    private final Prototype prototype;

    Maker(int line, Prototype prototype) {
      super(line);
      this.prototype = prototype;
    }

    @Override
    Object eval(Frame frame) {
      Prototype.Capture[] captures = prototype.captures();
      frame.state.charge(BYTES + 24L * captures.length);
      Cell[] cells = new Cell[captures.length];
      for (int i = 0; i < cells.length; i++) {
        Prototype.Capture capture = captures[i];
        cells[i] =
            capture.local() ? (Cell) frame.slots[capture.index()] : frame.upvalues[capture.index()];
      }
      return new Closure(prototype, cells);
    }
  }

  static Object argument(Object[] args, int index) {
    return index < args.length ? args[index] : Nil.NIL;
  }
}
