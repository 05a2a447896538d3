package io.varve.server.lua.value;

/// An error of a Lua program: a value on its way to the next protected call.
public final class LuaError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Object value;
  private final String source;
  private final int line;

  private LuaError(Object value, String source, int line) {
    super(null, null, false, false);
    this.value = value;
    this.source = source;
    this.line = line;
  }

  /// An error with a message of the language or its library; the position is put in front of it.
  public static LuaError at(LuaState state, String message) {
    return of(state, LuaString.of(state.where(1) + message));
  }

  /// An error with any value, as it is.
  public static LuaError of(LuaState state, Object value) {
    return new LuaError(value, state.currentSource(), state.currentLine());
  }

  /// An error from outside of any run: of the parser.
  public static LuaError ofSource(String message) {
    return new LuaError(LuaString.of(message), "", 0);
  }

  public Object value() {
    return value;
  }

  /// The chunk in which it came about, empty if in none.
  public String source() {
    return source;
  }

  /// The line at which it came about, 0 if at none.
  public int line() {
    return line;
  }

  @Override
  public String getMessage() {
    return value instanceof LuaString s ? s.text() : Operations.typeName(value);
  }
}
