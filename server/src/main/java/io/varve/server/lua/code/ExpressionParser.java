package io.varve.server.lua.code;

import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.Nil;
import io.varve.server.lua.value.Operations.Arithmetic;
import java.util.ArrayList;
import java.util.List;

/// Expressions of Lua 5.1: operators by precedence climbing, what they stand between by descent.
@SuppressWarnings("ReferenceEquality") // Nodes are equal to themselves only.
final class ExpressionParser {

  /// Binds tighter than every binary operator but `^`.
  private static final int UNARY = 8;

  private final Parser parser;
  private final Lexer lexer;

  ExpressionParser(Parser parser, Lexer lexer) {
    this.parser = parser;
    this.lexer = lexer;
  }

  List<Expression> list() {
    List<Expression> all = new ArrayList<>();
    do {
      all.add(expression());
    } while (parser.accept(','));
    return all;
  }

  Expression expression() {
    return operators(0);
  }

  /// How tightly an operator binds to its left and its right operand; null if it is none.
  private enum Binary {
    OR(1, 1),
    AND(2, 2),
    COMPARE(3, 3),
    CONCAT(5, 4),
    ADD(6, 6),
    MULTIPLY(7, 7),
    POWER(10, 9),
    NONE(-1, -1);

    private final int left;
    private final int right;

    Binary(int left, int right) {
      this.left = left;
      this.right = right;
    }
  }

  private Binary binary() {
    return switch (lexer.token()) {
      case OR -> Binary.OR;
      case AND -> Binary.AND;
      case EQ, NE, LE, GE -> Binary.COMPARE;
      case CONCAT -> Binary.CONCAT;
      case CHAR ->
          switch (lexer.character()) {
            case '<', '>' -> Binary.COMPARE;
            case '+', '-' -> Binary.ADD;
            case '*', '/', '%' -> Binary.MULTIPLY;
            case '^' -> Binary.POWER;
            default -> Binary.NONE;
          };
      default -> Binary.NONE;
    };
  }

  /// Reads operators that bind tighter than a limit, with their operands.
  private Expression operators(int limit) {
    parser.descend();
    Expression left = unary();
    int chained = 0;
    Binary operator = binary();
    while (operator.left > limit) {
      Token token = lexer.token();
      char character = lexer.character();
      lexer.next();
      Expression right = operators(operator.right);
      left = combine(token, character, left, right);
      // A chain to the left is as deep a tree as one to the right.
      parser.scope().descend();
      chained++;
      operator = binary();
    }
    for (int i = 0; i < chained; i++) {
      parser.scope().ascend();
    }
    parser.ascend();
    return left;
  }

  private Expression unary() {
    if (lexer.is(Token.NOT)) {
      lexer.next();
      Expression operand = operators(UNARY);
      return new Comparisons.Not(lexer.lastLine(), operand);
    }
    if (lexer.is('-')) {
      lexer.next();
      Expression operand = operators(UNARY);
      return new Operators.Negate(lexer.lastLine(), operand);
    }
    if (lexer.is('#')) {
      lexer.next();
      Expression operand = operators(UNARY);
      return new Operators.Length(lexer.lastLine(), operand);
    }
    return simple();
  }

  private Expression combine(Token token, char character, Expression a, Expression b) {
    int line = lexer.lastLine();
    return switch (token) {
      case OR -> new Comparisons.Or(line, a, b);
      case AND -> new Comparisons.And(line, a, b);
      case EQ -> new Comparisons.Equal(line, a, b, true);
      case NE -> new Comparisons.Equal(line, a, b, false);
      case LE -> new Comparisons.LessOrEqual(line, a, b);
      case GE -> new Comparisons.Greater(line, a, b, true);
      case CONCAT -> concat(line, a, b);
      default ->
          switch (character) {
            case '<' -> new Comparisons.Less(line, a, b);
            case '>' -> new Comparisons.Greater(line, a, b, false);
            case '+' -> new Operators.Add(line, a, b);
            case '-' -> new Operators.Subtract(line, a, b);
            case '*' -> new Operators.Multiply(line, a, b);
            case '/' -> new Operators.Divide(line, a, b);
            case '%' -> new Operators.Other(line, Arithmetic.MOD, a, b);
            default -> new Operators.Other(line, Arithmetic.POW, a, b);
          };
    };
  }

  private static Expression concat(int line, Expression a, Expression b) {
    if (b instanceof Operators.Concat chain) {
      Expression[] operands = new Expression[chain.operands().length + 1];
      operands[0] = a;
      System.arraycopy(chain.operands(), 0, operands, 1, chain.operands().length);
      return new Operators.Concat(line, operands);
    }
    return new Operators.Concat(line, new Expression[] {a, b});
  }

  private Expression simple() {
    int line = lexer.line();
    Expression constant;
    switch (lexer.token()) {
      case NUMBER -> constant = new Expression.Constant(line, lexer.number());
      case STRING -> constant = new Expression.Constant(line, lexer.string());
      case NIL -> constant = new Expression.Constant(line, Nil.NIL);
      case TRUE -> constant = new Expression.Constant(line, true);
      case FALSE -> constant = new Expression.Constant(line, false);
      case DOTS -> {
        if (!parser.scope().takesMore) {
          throw lexer.syntaxError("cannot use '...' outside a vararg function");
        }
        parser.scope().usesDots = true;
        constant = new Expression.Varargs(line);
      }
      case FUNCTION -> {
        lexer.next();
        return parser.functionBody(false, line);
      }
      default -> {
        return lexer.is('{') ? table() : primary();
      }
    }
    lexer.next();
    return constant;
  }

  /// A variable or an expression in parentheses, with what is indexed and called of it.
  Expression primary() {
    Expression at;
    if (lexer.is(Token.NAME)) {
      LuaString name = lexer.string();
      lexer.next();
      at = variable(name);
    } else if (lexer.is('(')) {
      int line = lexer.line();
      lexer.next();
      at = new Expression.Single(expression());
      parser.checkMatch(')', '(', line);
    } else {
      throw lexer.syntaxError("unexpected symbol");
    }
    int links = 0;
    while (true) {
      Expression next = suffix(at);
      if (next == at) {
        break;
      }
      at = next;
      links++;
      parser.scope().descend();
    }
    for (int i = 0; i < links; i++) {
      parser.scope().ascend();
    }
    return at;
  }

  private Expression suffix(Expression at) {
    if (lexer.is('.')) {
      lexer.next();
      LuaString key = parser.checkName();
      return new Variables.Index(
          lexer.lastLine(), at, new Expression.Constant(lexer.lastLine(), key));
    }
    if (lexer.is('[')) {
      lexer.next();
      Expression key = expression();
      parser.check(']');
      return new Variables.Index(lexer.lastLine(), at, key);
    }
    if (lexer.is(':')) {
      lexer.next();
      LuaString key = parser.checkName();
      int line = lexer.line();
      return new Call.Method(line, at, key, arguments());
    }
    if (lexer.is('(') || lexer.is(Token.STRING) || lexer.is('{')) {
      int line = lexer.line();
      return new Call.Plain(line, at, arguments());
    }
    return at;
  }

  private Expression[] arguments() {
    int line = lexer.line();
    if (lexer.is(Token.STRING)) {
      Expression only = new Expression.Constant(line, lexer.string());
      lexer.next();
      return new Expression[] {only};
    }
    if (lexer.is('{')) {
      return new Expression[] {table()};
    }
    if (!lexer.is('(')) {
      throw lexer.syntaxError("function arguments expected");
    }
    if (line != lexer.lastLine()) {
      throw lexer.syntaxError("ambiguous syntax (function call x new statement)");
    }
    lexer.next();
    if (parser.accept(')')) {
      return new Expression[0];
    }
    List<Expression> all = list();
    parser.checkMatch(')', '(', line);
    return all.toArray(new Expression[0]);
  }

  Expression variable(LuaString name) {
    int line = lexer.lastLine();
    FunctionScope scope = parser.scope();
    Variable local = scope.findLocal(name.text());
    if (local != null) {
      return new Variables.Local(line, local);
    }
    int upvalue = scope.findUpvalue(name.text());
    return upvalue >= 0
        ? new Variables.Upvalue(line, upvalue, name.text())
        : new Variables.Global(line, name);
  }

  private Expression table() {
    int line = lexer.line();
    parser.check('{');
    List<TableConstructor.Field> fields = new ArrayList<>();
    while (!lexer.is('}')) {
      fields.add(field());
      if (!parser.accept(',') && !parser.accept(';')) {
        break;
      }
    }
    parser.checkMatch('}', '{', line);
    return new TableConstructor(line, fields);
  }

  private TableConstructor.Field field() {
    if (lexer.is('[')) {
      lexer.next();
      Expression key = expression();
      parser.check(']');
      parser.check('=');
      return new TableConstructor.Field(key, expression());
    }
    if (lexer.is(Token.NAME) && lexer.isAhead('=')) {
      Expression key = new Expression.Constant(lexer.line(), lexer.string());
      lexer.next();
      lexer.next();
      return new TableConstructor.Field(key, expression());
    }
    return new TableConstructor.Field(null, expression());
  }
}
