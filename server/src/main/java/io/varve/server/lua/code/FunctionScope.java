package io.varve.server.lua.code;

import io.varve.server.lua.value.LuaString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the parser knows of a function while it reads it: its active locals, and what it uses of the
/// functions around it.
final class FunctionScope {

  private static final int LOCALS_MAX = 200;
  private static final int UPVALUES_MAX = 60;

  /// A block: where its locals begin, and whether it is a loop.
  record Block(int firstLocal, boolean loop) {}

  final @Nullable FunctionScope outer;
  final int line;
  private final Lexer lexer;
  private final List<Variable> active = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();
  private final List<Prototype.Capture> captures = new ArrayList<>();
  boolean takesMore;
  boolean usesDots;
  private int slots;
  private int nesting;
  private int nestingMax;

  /// @param line of the `function` keyword, 0 for the main program
  FunctionScope(@Nullable FunctionScope outer, int line, Lexer lexer) {
    this.outer = outer;
    this.line = line;
    this.lexer = lexer;
  }

  void openBlock(boolean loop) {
    blocks.add(new Block(active.size(), loop));
  }

  void closeBlock() {
    int keep = blocks.removeLast().firstLocal;
    while (active.size() > keep) {
      active.removeLast();
    }
  }

  boolean isInLoop() {
    return blocks.stream().anyMatch(Block::loop);
  }

  /// A variable that is not visible yet: what it is initialised with does not see it.
  ///
  /// @param pending how many of the same statement come before it
  Variable newLocal(LuaString name, int pending) {
    int slot = active.size() + pending;
    if (slot >= LOCALS_MAX) {
      throw limit(LOCALS_MAX, "local variables");
    }
    slots = Math.max(slots, slot + 1);
    return new Variable(name.text(), slot);
  }

  void activate(Variable variable) {
    active.add(variable);
  }

  @Nullable Variable findLocal(String name) {
    for (int i = active.size() - 1; i >= 0; i--) {
      if (active.get(i).name.equals(name)) {
        return active.get(i);
      }
    }
    return null;
  }

  /// Index of an upvalue, -1 if no function around has such a local.
  int findUpvalue(String name) {
    for (int i = 0; i < captures.size(); i++) {
      if (captures.get(i).name().equals(name)) {
        return i;
      }
    }
    FunctionScope around = outer;
    if (around == null) {
      return -1;
    }
    Variable local = around.findLocal(name);
    Prototype.Capture capture;
    if (local != null) {
      local.captured = true;
      capture = new Prototype.Capture(true, local.slot, name);
    } else {
      int index = around.findUpvalue(name);
      if (index < 0) {
        return -1;
      }
      capture = new Prototype.Capture(false, index, name);
    }
    if (captures.size() >= UPVALUES_MAX) {
      throw limit(UPVALUES_MAX, "upvalues");
    }
    captures.add(capture);
    return captures.size() - 1;
  }

  /// The syntax goes one level deeper within this function.
  void descend() {
    nesting++;
    nestingMax = Math.max(nestingMax, nesting);
  }

  void ascend() {
    nesting--;
  }

  Prototype toPrototype(List<Variable> parameters, @Nullable Variable argTable, Statement body) {
    return new Prototype(
        lexer.chunk(),
        parameters.toArray(new Variable[0]),
        takesMore,
        usesDots ? null : argTable,
        slots,
        captures.toArray(new Prototype.Capture[0]),
        body,
        2 + nestingMax);
  }

  private RuntimeException limit(int max, String what) {
    String where = line == 0 ? "main function" : "function at line " + line;
    return lexer.error(where + " has more than " + max + " " + what);
  }
}
