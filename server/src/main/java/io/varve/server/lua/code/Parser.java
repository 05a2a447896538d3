package io.varve.server.lua.code;

import io.varve.server.lua.code.Variables.Assignable;
import io.varve.server.lua.value.LuaFunction;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.Nil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Statements of Lua 5.1, by recursive descent. [ExpressionParser] reads expressions.
///
/// ```
/// chunk := {statement [';']} [return [list] | break]
/// ```
public final class Parser {

  /// Levels of nested syntax; as many as in Lua 5.1.
  private static final int LEVELS_MAX = 200;

  private final Lexer lexer;
  private final ExpressionParser expressions;
  private FunctionScope scope;
  private int levels;

  private Parser(Lexer lexer) {
    this.lexer = lexer;
    this.expressions = new ExpressionParser(this, lexer);
    this.scope = new FunctionScope(null, 0, lexer);
  }

  /// Reads a program.
  ///
  /// @param chunk the name that errors show
  /// @return the program as a function of `...`; it belongs to no run and may be called in any
  /// @throws io.varve.server.lua.value.LuaError if it is no program
  public static LuaFunction parse(LuaString source, String chunk) {
    Parser parser = new Parser(new Lexer(source, chunk));
    return new Closure(parser.main(), new io.varve.server.lua.value.Cell[0]);
  }

  private Prototype main() {
    scope.takesMore = true;
    scope.usesDots = true;
    lexer.next();
    scope.openBlock(false);
    Statement body = chunk();
    if (!lexer.is(Token.EOS)) {
      throw expected("<eof>");
    }
    scope.closeBlock();
    return scope.toPrototype(List.of(), null, body);
  }

  // What the parser of expressions needs.

  FunctionScope scope() {
    return scope;
  }

  void descend() {
    if (++levels > LEVELS_MAX) {
      throw lexer.error("chunk has too many syntax levels");
    }
    scope.descend();
  }

  void ascend() {
    levels--;
    scope.ascend();
  }

  /// Reads parameters and body of a function.
  ///
  /// @param line of its beginning
  /// @param method whether it has a parameter `self` in front
  Expression functionBody(boolean method, int line) {
    FunctionScope outer = scope;
    FunctionScope inner = new FunctionScope(outer, line, lexer);
    scope = inner;
    inner.openBlock(false);
    List<Variable> parameters = new ArrayList<>();
    check('(');
    if (method) {
      parameters.add(inner.newLocal(LuaString.of("self"), 0));
    }
    if (!lexer.is(')')) {
      do {
        if (lexer.is(Token.NAME)) {
          parameters.add(inner.newLocal(lexer.string(), parameters.size()));
          lexer.next();
        } else if (lexer.is(Token.DOTS)) {
          lexer.next();
          inner.takesMore = true;
        } else {
          throw lexer.syntaxError("<name> or '...' expected");
        }
      } while (!inner.takesMore && accept(','));
    }
    parameters.forEach(inner::activate);
    Variable argTable = null;
    if (inner.takesMore) {
      argTable = inner.newLocal(LuaString.of("arg"), 0);
      inner.activate(argTable);
    }
    check(')');
    Statement body = chunk();
    checkMatch(Token.END, Token.FUNCTION, line);
    inner.closeBlock();
    scope = outer;
    return new Closure.Maker(lexer.lastLine(), inner.toPrototype(parameters, argTable, body));
  }

  boolean accept(char c) {
    if (lexer.is(c)) {
      lexer.next();
      return true;
    }
    return false;
  }

  void check(char c) {
    if (!accept(c)) {
      throw expected(String.valueOf(c));
    }
  }

  /// The closing counterpart of what was opened at a line.
  void checkMatch(char c, char opened, int line) {
    if (accept(c)) {
      return;
    }
    if (line == lexer.line()) {
      throw expected(String.valueOf(c));
    }
    throw lexer.syntaxError(
        "'" + c + "' expected (to close '" + opened + "' at line " + line + ")");
  }

  LuaString checkName() {
    if (!lexer.is(Token.NAME)) {
      throw expected("<name>");
    }
    LuaString name = lexer.string();
    lexer.next();
    return name;
  }

  RuntimeException expected(String what) {
    return lexer.syntaxError("'" + what + "' expected");
  }

  // Statements.

  private boolean acceptWord(Token word) {
    if (lexer.is(word)) {
      lexer.next();
      return true;
    }
    return false;
  }

  private void check(Token word) {
    if (!acceptWord(word)) {
      throw expected(word.text);
    }
  }

  private void checkMatch(Token word, Token opened, int line) {
    if (acceptWord(word)) {
      return;
    }
    if (line == lexer.line()) {
      throw expected(word.text);
    }
    throw lexer.syntaxError(
        "'" + word.text + "' expected (to close '" + opened.text + "' at line " + line + ")");
  }

  private boolean endsBlock() {
    return switch (lexer.token()) {
      case ELSE, ELSEIF, END, EOS, UNTIL -> true;
      default -> false;
    };
  }

  private Statement chunk() {
    List<Statement> statements = new ArrayList<>();
    descend();
    boolean last = false;
    while (!last && !endsBlock()) {
      last = lexer.is(Token.RETURN) || lexer.is(Token.BREAK);
      statements.add(statement());
      accept(';');
    }
    ascend();
    return new Statements.Block(statements);
  }

  private Statement block() {
    scope.openBlock(false);
    Statement body = chunk();
    scope.closeBlock();
    return body;
  }

  private Statement loopBlock() {
    scope.openBlock(true);
    Statement body = chunk();
    scope.closeBlock();
    return body;
  }

  @SuppressWarnings("RefactorSwitch") // Some branches are several statements long.
  private Statement statement() {
    int line = lexer.line();
    switch (lexer.token()) {
      case IF -> {
        return ifStatement(line);
      }
      case WHILE -> {
        lexer.next();
        Expression condition = expressions.expression();
        check(Token.DO);
        Statement body = loopBlock();
        checkMatch(Token.END, Token.WHILE, line);
        return new Loops.While(condition, body);
      }
      case DO -> {
        lexer.next();
        Statement body = block();
        checkMatch(Token.END, Token.DO, line);
        return body;
      }
      case FOR -> {
        return forStatement(line);
      }
      case REPEAT -> {
        return repeatStatement(line);
      }
      case FUNCTION -> {
        return functionStatement(line);
      }
      case LOCAL -> {
        lexer.next();
        return acceptWord(Token.FUNCTION) ? localFunction(line) : localStatement();
      }
      case RETURN -> {
        lexer.next();
        boolean empty = endsBlock() || lexer.is(';');
        return new Statements.Return(empty ? List.of() : expressions.list());
      }
      case BREAK -> {
        lexer.next();
        if (!scope.isInLoop()) {
          throw lexer.syntaxError("no loop to break");
        }
        return new Statements.Break();
      }
      default -> {
        return expressionStatement();
      }
    }
  }

  private Statement ifStatement(int line) {
    List<Expression> conditions = new ArrayList<>();
    List<Statement> branches = new ArrayList<>();
    do {
      lexer.next();
      conditions.add(expressions.expression());
      check(Token.THEN);
      branches.add(block());
    } while (lexer.is(Token.ELSEIF));
    Statement otherwise = acceptWord(Token.ELSE) ? block() : null;
    checkMatch(Token.END, Token.IF, line);
    return new Statements.If(conditions, branches, otherwise);
  }

  private Statement repeatStatement(int line) {
    lexer.next();
    scope.openBlock(true);
    scope.openBlock(false);
    Statement body = chunk();
    checkMatch(Token.UNTIL, Token.REPEAT, line);
    Expression condition = expressions.expression();
    scope.closeBlock();
    scope.closeBlock();
    return new Loops.Repeat(body, condition);
  }

  private Statement forStatement(int line) {
    lexer.next();
    scope.openBlock(true);
    LuaString name = checkName();
    Statement loop;
    if (lexer.is('=')) {
      loop = numericFor(name, line);
    } else if (lexer.is(',') || lexer.is(Token.IN)) {
      loop = genericFor(name, line);
    } else {
      throw lexer.syntaxError("'=' or 'in' expected");
    }
    checkMatch(Token.END, Token.FOR, line);
    scope.closeBlock();
    return loop;
  }

  private Statement numericFor(LuaString name, int line) {
    lexer.next();
    Expression initial = expressions.expression();
    check(',');
    Expression limit = expressions.expression();
    Expression step = accept(',') ? expressions.expression() : null;
    check(Token.DO);
    scope.openBlock(false);
    Variable variable = scope.newLocal(name, 0);
    scope.activate(variable);
    Statement body = chunk();
    scope.closeBlock();
    return new Loops.NumericFor(line, variable, initial, limit, step, body);
  }

  private Statement genericFor(LuaString first, int line) {
    List<Variable> variables = new ArrayList<>();
    variables.add(scope.newLocal(first, 0));
    while (accept(',')) {
      variables.add(scope.newLocal(checkName(), variables.size()));
    }
    check(Token.IN);
    List<Expression> list = expressions.list();
    check(Token.DO);
    scope.openBlock(false);
    variables.forEach(scope::activate);
    Statement body = chunk();
    scope.closeBlock();
    return new Loops.GenericFor(
        line, variables.toArray(new Variable[0]), list.toArray(new Expression[0]), body);
  }

  private Statement functionStatement(int line) {
    lexer.next();
    Expression target = expressions.variable(checkName());
    boolean method = false;
    while (!method && (lexer.is('.') || lexer.is(':'))) {
      method = lexer.is(':');
      lexer.next();
      LuaString key = checkName();
      target =
          new Variables.Index(
              lexer.lastLine(), target, new Expression.Constant(lexer.lastLine(), key));
    }
    Expression function = functionBody(method, line);
    return new Statements.AssignOne((Assignable) target, function);
  }

  private Statement localFunction(int line) {
    Variable variable = scope.newLocal(checkName(), 0);
    scope.activate(variable);
    return new Statements.LocalFunction(line, variable, functionBody(false, lexer.line()));
  }

  private Statement localStatement() {
    List<Variable> variables = new ArrayList<>();
    do {
      variables.add(scope.newLocal(checkName(), variables.size()));
    } while (accept(','));
    List<Expression> values = accept('=') ? expressions.list() : List.of();
    variables.forEach(scope::activate);
    if (variables.size() == 1 && values.size() <= 1) {
      Expression value =
          values.isEmpty() ? new Expression.Constant(lexer.lastLine(), Nil.NIL) : values.getFirst();
      return new Statements.LocalOne(variables.getFirst(), value);
    }
    return new Statements.LocalMany(variables, values);
  }

  private Statement expressionStatement() {
    Expression first = expressions.primary();
    if (first instanceof Call) {
      return new Statements.CallStatement(first);
    }
    List<Assignable> targets = new ArrayList<>();
    targets.add(assignable(first));
    while (accept(',')) {
      targets.add(assignable(expressions.primary()));
      if (targets.size() > LEVELS_MAX) {
        throw lexer.error("chunk has too many syntax levels");
      }
    }
    check('=');
    List<Expression> values = expressions.list();
    if (targets.size() == 1 && values.size() == 1) {
      return new Statements.AssignOne(targets.getFirst(), values.getFirst());
    }
    return new Statements.AssignMany(targets, values);
  }

  private Assignable assignable(@Nullable Expression expression) {
    if (expression instanceof Assignable target) {
      return target;
    }
    throw lexer.syntaxError("syntax error");
  }
}
