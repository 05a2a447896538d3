package io.varve.server.lua.value;

import org.jspecify.annotations.Nullable;

/// What the operators of the language do, with coercions and metatables.
///
/// Errors here name types only; where the program knows the name of an operand, it says so itself (see
/// [OperandError]).
@SuppressWarnings("ReferenceEquality") // Most objects are equal to themselves only.
public final class Operations {

  /// Metatables that refer to one another are followed this far.
  private static final int META_CHAIN_MAX = 100;

  private static final LuaString INDEX = LuaString.of("__index");
  private static final LuaString NEW_INDEX = LuaString.of("__newindex");
  private static final LuaString CALL = LuaString.of("__call");
  private static final LuaString EQ = LuaString.of("__eq");
  private static final LuaString LT = LuaString.of("__lt");
  private static final LuaString LE = LuaString.of("__le");
  private static final LuaString CONCAT = LuaString.of("__concat");
  private static final LuaString TO_STRING = LuaString.of("__tostring");
  private static final LuaString TRUE = LuaString.of("true");
  private static final LuaString FALSE = LuaString.of("false");
  private static final LuaString NIL_TEXT = LuaString.of("nil");

  /// Operators that a metatable may define for any operands.
  public enum Arithmetic {
    ADD("__add"),
    SUB("__sub"),
    MUL("__mul"),
    DIV("__div"),
    MOD("__mod"),
    POW("__pow"),
    UNM("__unm");

    @SuppressWarnings("ImmutableEnumChecker") // Strings are not changed once they are made.
    private final LuaString event;

    Arithmetic(String event) {
      this.event = LuaString.of(event);
    }

    double apply(double a, double b) {
      return switch (this) {
        case ADD -> Numbers.orNan(a + b, a, b);
        case SUB -> Numbers.orNan(a - b, a, b);
        case MUL -> Numbers.orNan(a * b, a, b);
        case DIV -> Numbers.orNan(a / b, a, b);
        case MOD -> Numbers.modulo(a, b);
        case POW -> Numbers.orNan(Math.pow(a, b), a, b);
        case UNM -> Numbers.negate(a);
      };
    }
  }

  /// An operand that an operator cannot work with; the program turns it into an error with a name.
  public static final class OperandError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String operation;
    private final transient Object operand;
    private final boolean second;

    OperandError(String operation, Object operand, boolean second) {
      super(operation, null, false, false);
      this.operation = operation;
      this.operand = operand;
      this.second = second;
    }

    /// Whether it is the right operand.
    public boolean isSecond() {
      return second;
    }

    /// @param name like `local 'x'`, or null
    public LuaError named(LuaState state, @Nullable String name) {
      return LuaError.at(
          state,
          "attempt to "
              + operation
              + (name == null
                  ? " a " + typeName(operand) + " value"
                  : " " + name + " (a " + typeName(operand) + " value)"));
    }
  }

  private Operations() {}

  public static boolean isTrue(Object value) {
    return value != Boolean.FALSE && value != Nil.NIL;
  }

  public static String typeName(Object value) {
    return switch (value) {
      case Nil _ -> "nil";
      case Boolean _ -> "boolean";
      case Double _ -> "number";
      case LuaString _ -> "string";
      case LuaTable _ -> "table";
      case LuaFunction _ -> "function";
      case Coroutine _ -> "thread";
      default -> "userdata";
    };
  }

  // Tables.

  /// `object[key]`.
  public static Object index(LuaState state, Object object, Object key) {
    Object at = object;
    for (int i = 0; i < META_CHAIN_MAX; i++) {
      Object handler;
      if (at instanceof LuaTable table) {
        Object found = table.get(key);
        LuaTable meta = table.metatable();
        if (found != Nil.NIL || meta == null) {
          return found;
        }
        handler = meta.get(INDEX);
        if (handler == Nil.NIL) {
          return Nil.NIL;
        }
      } else {
        handler = metamethod(state, at, INDEX);
        if (handler == Nil.NIL) {
          throw new OperandError("index", at, false);
        }
      }
      if (handler instanceof LuaFunction function) {
        return LuaState.first(function.call(state, new Object[] {at, key}));
      }
      at = handler;
    }
    throw LuaError.at(state, "loop in gettable");
  }

  /// `object[key] = value`.
  public static void setIndex(LuaState state, Object object, Object key, Object value) {
    Object at = object;
    for (int i = 0; i < META_CHAIN_MAX; i++) {
      Object handler;
      if (at instanceof LuaTable table) {
        LuaTable meta = table.metatable();
        handler = meta == null ? Nil.NIL : meta.get(NEW_INDEX);
        if (handler == Nil.NIL || table.get(key) != Nil.NIL) {
          rawSet(state, table, key, value);
          return;
        }
      } else {
        handler = metamethod(state, at, NEW_INDEX);
        if (handler == Nil.NIL) {
          throw new OperandError("index", at, false);
        }
      }
      if (handler instanceof LuaFunction function) {
        function.call(state, new Object[] {at, key, value});
        return;
      }
      at = handler;
    }
    throw LuaError.at(state, "loop in settable");
  }

  /// Sets a field without asking the metatable.
  public static void rawSet(LuaState state, LuaTable table, Object key, Object value) {
    if (table.isReadOnly()) {
      throw LuaError.at(state, "Attempt to modify a readonly table");
    }
    if (key == Nil.NIL) {
      throw LuaError.at(state, "table index is nil");
    }
    if (key instanceof Double d && Double.isNaN(d)) {
      throw LuaError.at(state, "table index is NaN");
    }
    table.set(key, value);
  }

  public static Object metamethod(LuaState state, Object value, LuaString event) {
    LuaTable meta = state.metatable(value);
    return meta == null ? Nil.NIL : meta.get(event);
  }

  // Calls.

  /// Calls a value that is no function.
  ///
  /// @throws OperandError if it cannot be called
  public static Object callObject(LuaState state, Object callee, Object[] args) {
    if (callee instanceof LuaFunction function) {
      return function.call(state, args);
    }
    if (!(metamethod(state, callee, CALL) instanceof LuaFunction function)) {
      throw new OperandError("call", callee, false);
    }
    Object[] withSelf = new Object[args.length + 1];
    withSelf[0] = callee;
    System.arraycopy(args, 0, withSelf, 1, args.length);
    return function.call(state, withSelf);
  }

  /// Calls a handler of a metatable in place of the operator.
  private static Object callHandler(LuaState state, Object handler, Object... args) {
    try {
      return callObject(state, handler, args);
    } catch (OperandError e) {
      throw e.named(state, null);
    }
  }

  /// Calls a value from a native function.
  public static Object callBack(LuaState state, Object callee, Object... args) {
    if (callee instanceof LuaFunction function) {
      return state.callBack(function, args);
    }
    Object handler = metamethod(state, callee, CALL);
    if (!(handler instanceof LuaFunction function)) {
      throw LuaError.of(state, LuaString.of("attempt to call a " + typeName(callee) + " value"));
    }
    Object[] withSelf = new Object[args.length + 1];
    withSelf[0] = callee;
    System.arraycopy(args, 0, withSelf, 1, args.length);
    return state.callBack(function, withSelf);
  }

  // Arithmetic.

  /// A number, or a string that reads as one; null if it is neither.
  public static @Nullable Double toNumber(Object value) {
    return switch (value) {
      case Double d -> d;
      case LuaString s -> Numbers.parse(s);
      default -> null;
    };
  }

  public static Object arithmetic(LuaState state, Arithmetic operator, Object a, Object b) {
    Double left = toNumber(a);
    Double right = toNumber(b);
    if (left != null && right != null) {
      return operator.apply(left, right);
    }
    Object handler = metamethod(state, a, operator.event);
    if (handler == Nil.NIL) {
      handler = metamethod(state, b, operator.event);
    }
    if (handler == Nil.NIL) {
      boolean second = left != null;
      throw new OperandError("perform arithmetic on", second ? b : a, second);
    }
    return LuaState.first(callHandler(state, handler, a, b));
  }

  public static Object concat(LuaState state, Object a, Object b) {
    LuaString left = toConcat(a);
    LuaString right = toConcat(b);
    if (left != null && right != null) {
      if (left.length() == 0) {
        return right;
      }
      if (right.length() == 0) {
        return left;
      }
      int size = state.stringSize((long) left.length() + right.length());
      state.charge(LuaState.STRING_BYTES + size);
      byte[] joined = new byte[size];
      System.arraycopy(left.bytes(), 0, joined, 0, left.length());
      System.arraycopy(right.bytes(), 0, joined, left.length(), right.length());
      return LuaString.of(joined);
    }
    Object handler = metamethod(state, a, CONCAT);
    if (handler == Nil.NIL) {
      handler = metamethod(state, b, CONCAT);
    }
    if (handler == Nil.NIL) {
      boolean second = left != null;
      throw new OperandError("concatenate", second ? b : a, second);
    }
    return LuaState.first(callHandler(state, handler, a, b));
  }

  /// The text of a string or a number; null of all else.
  public static @Nullable LuaString toConcat(Object value) {
    return switch (value) {
      case LuaString s -> s;
      case Double d -> LuaString.of(Numbers.text(d));
      default -> null;
    };
  }

  /// `#value`.
  public static double length(Object value) {
    return switch (value) {
      case LuaString s -> s.length();
      case LuaTable t -> t.length();
      default -> throw new OperandError("get length of", value, false);
    };
  }

  // Comparisons.

  public static boolean rawEquals(Object a, Object b) {
    if (a == b) {
      return !(a instanceof Double d && Double.isNaN(d));
    }
    return switch (a) {
      case Double d -> b instanceof Double e && (double) d == (double) e;
      case LuaString s -> s.equals(b);
      case Boolean p -> p.equals(b);
      default -> false;
    };
  }

  public static boolean equals(LuaState state, Object a, Object b) {
    if (a instanceof LuaTable left && b instanceof LuaTable right && left != right) {
      LuaTable leftMeta = left.metatable();
      LuaTable rightMeta = right.metatable();
      if (leftMeta == null || rightMeta == null) {
        return false;
      }
      Object handler = leftMeta.get(EQ);
      if (handler == Nil.NIL || !rawEquals(handler, rightMeta.get(EQ))) {
        return false;
      }
      return isTrue(LuaState.first(callHandler(state, handler, a, b)));
    }
    return rawEquals(a, b);
  }

  public static boolean less(LuaState state, Object a, Object b) {
    if (a instanceof Double x && b instanceof Double y) {
      return x < y;
    }
    if (a instanceof LuaString s && b instanceof LuaString t) {
      return s.compareTo(t) < 0;
    }
    Object handler = comparison(state, a, b, LT);
    if (handler == Nil.NIL) {
      throw incomparable(state, a, b);
    }
    return isTrue(LuaState.first(callHandler(state, handler, a, b)));
  }

  public static boolean lessOrEqual(LuaState state, Object a, Object b) {
    if (a instanceof Double x && b instanceof Double y) {
      return x <= y;
    }
    if (a instanceof LuaString s && b instanceof LuaString t) {
      return s.compareTo(t) <= 0;
    }
    Object handler = comparison(state, a, b, LE);
    if (handler != Nil.NIL) {
      return isTrue(LuaState.first(callHandler(state, handler, a, b)));
    }
    handler = comparison(state, b, a, LT);
    if (handler == Nil.NIL) {
      throw incomparable(state, a, b);
    }
    return !isTrue(LuaState.first(callHandler(state, handler, b, a)));
  }

  /// The handler that both operands share.
  private static Object comparison(LuaState state, Object a, Object b, LuaString event) {
    if (!typeName(a).equals(typeName(b))) {
      return Nil.NIL;
    }
    Object handler = metamethod(state, a, event);
    return handler != Nil.NIL && rawEquals(handler, metamethod(state, b, event))
        ? handler
        : Nil.NIL;
  }

  private static LuaError incomparable(LuaState state, Object a, Object b) {
    String one = typeName(a);
    String other = typeName(b);
    return LuaError.at(
        state,
        one.equals(other)
            ? "attempt to compare two " + one + " values"
            : "attempt to compare " + one + " with " + other);
  }

  // Text.

  /// What `tostring` gives.
  public static LuaString toText(LuaState state, Object value) {
    Object handler = metamethod(state, value, TO_STRING);
    if (handler != Nil.NIL) {
      if (LuaState.first(callHandler(state, handler, value)) instanceof LuaString text) {
        return text;
      }
      throw LuaError.at(state, "'tostring' must return a string to 'print'");
    }
    return switch (value) {
      case LuaString s -> s;
      case Double d -> state.string(Numbers.text(d));
      case Boolean b -> b ? TRUE : FALSE;
      case Nil _ -> NIL_TEXT;
      case LightUserdata u -> LuaString.of("userdata: " + u.address());
      default -> state.string(typeName(value) + ": 0x" + String.format("%012x", identity(value)));
    };
  }

  /// A number for the text of an object: it tells objects apart and nothing of the process.
  private static long identity(Object value) {
    return 0x7f0000000000L | (long) System.identityHashCode(value) << 4;
  }
}
