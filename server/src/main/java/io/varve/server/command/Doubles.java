package io.varve.server.command;

import java.util.Locale;

/// Reads floating point numbers as C's `strtod` does, which is what Redis takes.
public final class Doubles {

  private Doubles() {}

  /// @param otherwise thrown if the text is no number
  public static double parse(String text, CommandException otherwise) {
    int length = text.length();
    int start = length > 0 && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    if (start == length) {
      throw otherwise;
    }
    char first = text.charAt(start);
    if (first == 'i' || first == 'I') {
      String word = text.substring(start).toLowerCase(Locale.ROOT);
      if (!word.equals("inf") && !word.equals("infinity")) {
        throw otherwise;
      }
      return text.charAt(0) == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    // What Java takes beyond C: blanks around, a type letter behind, the word NaN.
    boolean digitOrPoint = (first >= '0' && first <= '9') || first == '.';
    char last = text.charAt(length - 1);
    boolean hexadecimal =
        length > start + 2 && first == '0' && (text.charAt(start + 1) | 0x20) == 'x';
    if (!digitOrPoint || last <= ' ' || (!hexadecimal && (last | 0x20) > 'a')) {
      throw otherwise;
    }
    try {
      if (!hexadecimal) {
        return Double.parseDouble(text);
      }
      boolean hasExponent = text.indexOf('p') >= 0 || text.indexOf('P') >= 0;
      if (hasExponent && (last | 0x20) > 'a') {
        throw otherwise;
      }
      return Double.parseDouble(hasExponent ? text : text + "p0");
    } catch (NumberFormatException _) {
      throw otherwise;
    }
  }
}
