package io.varve.server.lua.code;

import java.util.HashMap;
import java.util.Map;

/// Kinds of tokens.
enum Token {
  AND("and"),
  BREAK("break"),
  DO("do"),
  ELSE("else"),
  ELSEIF("elseif"),
  END("end"),
  FALSE("false"),
  FOR("for"),
  FUNCTION("function"),
  IF("if"),
  IN("in"),
  LOCAL("local"),
  NIL("nil"),
  NOT("not"),
  OR("or"),
  REPEAT("repeat"),
  RETURN("return"),
  THEN("then"),
  TRUE("true"),
  UNTIL("until"),
  WHILE("while"),
  CONCAT(".."),
  DOTS("..."),
  EQ("=="),
  GE(">="),
  LE("<="),
  NE("~="),
  NUMBER("<number>"),
  NAME("<name>"),
  STRING("<string>"),
  EOS("<eof>"),
  /// A single character that stands for itself; which one, the lexer says.
  CHAR("");

  private static final Map<String, Token> WORDS = new HashMap<>();

  static {
    for (Token token : values()) {
      if (token.ordinal() <= WHILE.ordinal()) {
        WORDS.put(token.text, token);
      }
    }
  }

  final String text;

  Token(String text) {
    this.text = text;
  }

  /// The reserved word, or NAME.
  static Token ofWord(String word) {
    Token token = WORDS.get(word);
    return token == null ? NAME : token;
  }
}
