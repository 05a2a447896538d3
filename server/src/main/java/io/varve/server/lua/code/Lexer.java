package io.varve.server.lua.code;

import io.varve.server.lua.value.LuaError;
import io.varve.server.lua.value.LuaString;
import io.varve.server.lua.value.Numbers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Cuts a program into tokens, one ahead where the parser asks for it.
///
/// Everything is bytes; texts in here have one character per byte. Errors are worded as Lua 5.1 words
/// them, with the offending token.
final class Lexer {

  private static final int END = -1;

  private final byte[] source;
  private final String chunk;
  private int at;
  private int current;
  private int line = 1;
  private int lastLine = 1;
  private int tokenStart;

  private Token token = Token.EOS;
  private char character;
  private LuaString string = LuaString.EMPTY;
  private double number;

  /// What errors show of a string token: its quotes, with the escapes read. Empty of a long string.
  private String quotedText = "";

  private boolean hasAhead;
  private Token aheadToken = Token.EOS;
  private char aheadCharacter;
  private LuaString aheadString = LuaString.EMPTY;
  private double aheadNumber;

  /// @param chunk the name that errors show
  Lexer(LuaString source, String chunk) {
    this.source = source.bytes();
    this.chunk = chunk;
    this.at = 0;
    this.current = this.source.length > 0 ? this.source[0] & 0xff : END;
  }

  Token token() {
    return token;
  }

  boolean is(char c) {
    return token == Token.CHAR && character == c;
  }

  boolean is(Token kind) {
    return token == kind;
  }

  /// Of the current token, if it is CHAR.
  char character() {
    return character;
  }

  /// Of the current token, if it is NAME or STRING.
  LuaString string() {
    return string;
  }

  /// Of the current token, if it is NUMBER.
  double number() {
    return number;
  }

  /// The line that reading has got to.
  int line() {
    return line;
  }

  /// The line of the token before the current one.
  int lastLine() {
    return lastLine;
  }

  String chunk() {
    return chunk;
  }

  void next() {
    lastLine = line;
    if (hasAhead) {
      hasAhead = false;
      token = aheadToken;
      character = aheadCharacter;
      string = aheadString;
      number = aheadNumber;
      return;
    }
    token = scan();
  }

  /// Whether the token behind the current one is this character.
  boolean isAhead(char c) {
    Token keptToken = token;
    char keptCharacter = character;
    LuaString keptString = string;
    double keptNumber = number;
    aheadToken = scan();
    aheadCharacter = character;
    aheadString = string;
    aheadNumber = number;
    hasAhead = true;
    token = keptToken;
    character = keptCharacter;
    string = keptString;
    number = keptNumber;
    return aheadToken == Token.CHAR && aheadCharacter == c;
  }

  /// An error at the current token.
  LuaError syntaxError(String message) {
    return error(message, tokenText(token));
  }

  LuaError error(String message) {
    return LuaError.ofSource(chunk + ":" + line + ": " + message);
  }

  private LuaError error(String message, String near) {
    return LuaError.ofSource(chunk + ":" + line + ": " + message + " near '" + near + "'");
  }

  private String tokenText(Token kind) {
    return switch (kind) {
      case STRING -> quotedText.isEmpty() ? scanned() : quotedText;
      case NAME, NUMBER -> scanned();
      case CHAR ->
          character < 32 || character == 127 ? "char(" + (int) character + ")" : "" + character;
      default -> kind.text;
    };
  }

  /// What was read of the current token, raw.
  private String scanned() {
    String text = LuaString.of(source).slice(tokenStart, Math.min(at, source.length)).text();
    int zero = text.indexOf('\0');
    return zero < 0 ? text : text.substring(0, zero);
  }

  private void advance() {
    at++;
    current = at < source.length ? source[at] & 0xff : END;
  }

  private Token scan() {
    while (true) {
      tokenStart = at;
      switch (current) {
        case END -> {
          return Token.EOS;
        }
        case '\n', '\r' -> newLine();
        case ' ', '\t', 0x0b, '\f' -> advance();
        case '-' -> {
          advance();
          if (current != '-') {
            return single('-');
          }
          advance();
          skipComment();
        }
        case '[' -> {
          int level = openLevel();
          if (level >= 0) {
            string = longString(level, false);
            quotedText = "";
            return Token.STRING;
          }
          if (level == -1) {
            return single('[');
          }
          throw error("invalid long string delimiter", scanned());
        }
        case '=' -> {
          return orEquals('=', Token.EQ);
        }
        case '<' -> {
          return orEquals('<', Token.LE);
        }
        case '>' -> {
          return orEquals('>', Token.GE);
        }
        case '~' -> {
          return orEquals('~', Token.NE);
        }
        case '"', '\'' -> {
          string = quoted(current);
          return Token.STRING;
        }
        case '.' -> {
          return dots();
        }
        default -> {
          if (isDigit(current)) {
            return numeral();
          }
          if (isWordStart(current)) {
            return word();
          }
          char c = (char) current;
          advance();
          return single(c);
        }
      }
    }
  }

  private Token single(char c) {
    character = c;
    return Token.CHAR;
  }

  private Token orEquals(char c, Token with) {
    advance();
    if (current != '=') {
      return single(c);
    }
    advance();
    return with;
  }

  private Token dots() {
    advance();
    if (current == '.') {
      advance();
      if (current == '.') {
        advance();
        return Token.DOTS;
      }
      return Token.CONCAT;
    }
    return isDigit(current) ? numeral() : single('.');
  }

  private Token word() {
    while (isWordStart(current) || isDigit(current)) {
      advance();
    }
    string = LuaString.of(source).slice(tokenStart, at);
    return Token.ofWord(string.text());
  }

  private Token numeral() {
    while (isDigit(current) || current == '.') {
      advance();
    }
    if (current == 'e' || current == 'E') {
      advance();
      if (current == '+' || current == '-') {
        advance();
      }
    }
    while (isWordStart(current) || isDigit(current)) {
      advance();
    }
    Double value = Numbers.parse(LuaString.of(source).slice(tokenStart, at));
    if (value == null) {
      throw error("malformed number", scanned());
    }
    number = value;
    return Token.NUMBER;
  }

  private void newLine() {
    int first = current;
    advance();
    if ((current == '\n' || current == '\r') && current != first) {
      advance();
    }
    line++;
  }

  private void skipComment() {
    if (current == '[') {
      int level = openLevel();
      if (level >= 0) {
        longString(level, true);
        return;
      }
    }
    while (current != '\n' && current != '\r' && current != END) {
      advance();
    }
  }

  /// Reads `[`, equals signs and perhaps `[`: their number if it opens a long string, -1 for a lone
  /// bracket, less for a bracket with signs.
  private int openLevel() {
    int bracket = current;
    advance();
    int level = 0;
    while (current == '=') {
      advance();
      level++;
    }
    return current == bracket ? level : -level - 1;
  }

  private LuaString longString(int level, boolean comment) {
    advance();
    if (current == '\n' || current == '\r') {
      newLine();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (true) {
      switch (current) {
        case END ->
            throw error(comment ? "unfinished long comment" : "unfinished long string", "<eof>");
        case '[' -> {
          int from = at;
          if (openLevel() == level) {
            if (level == 0) {
              throw error("nesting of [[...]] is deprecated", "[");
            }
            advance();
          }
          out.write(source, from, at - from);
        }
        case ']' -> {
          int from = at;
          if (openLevel() == level) {
            advance();
            return LuaString.of(out.toByteArray());
          }
          out.write(source, from, at - from);
        }
        case '\n', '\r' -> {
          out.write('\n');
          newLine();
        }
        default -> {
          out.write(current);
          advance();
        }
      }
    }
  }

  private LuaString quoted(int first) {
    char quote = (char) first;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    advance();
    while (current != quote) {
      switch (current) {
        case END -> throw error("unfinished string", "<eof>");
        case '\n', '\r' -> throw error("unfinished string", quote + text(out));
        case '\\' -> escape(out, quote);
        default -> {
          out.write(current);
          advance();
        }
      }
    }
    advance();
    quotedText = quote + text(out) + quote;
    return LuaString.of(out.toByteArray());
  }

  private static String text(ByteArrayOutputStream out) {
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private void escape(ByteArrayOutputStream out, char quote) {
    advance();
    int c = current;
    switch (c) {
      case 'a' -> c = 7;
      case 'b' -> c = '\b';
      case 'f' -> c = '\f';
      case 'n' -> c = '\n';
      case 'r' -> c = '\r';
      case 't' -> c = '\t';
      case 'v' -> c = 0x0b;
      case '\n', '\r' -> {
        out.write('\n');
        newLine();
        return;
      }
      case END -> {
        return;
      }
      default -> {
        if (isDigit(c)) {
          decimalEscape(out, quote);
          return;
        }
      }
    }
    out.write(c);
    advance();
  }

  private void decimalEscape(ByteArrayOutputStream out, char quote) {
    int value = 0;
    for (int i = 0; i < 3 && isDigit(current); i++) {
      value = 10 * value + current - '0';
      advance();
    }
    if (value > 255) {
      throw error("escape sequence too large", quote + text(out));
    }
    out.write(value);
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordStart(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
}
