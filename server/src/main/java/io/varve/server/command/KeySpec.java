package io.varve.server.command;

/// Where the keys of a command stand among its arguments.
///
/// @param first index of the first key, 0 if the command has none
/// @param last index of the last key; negative counts from the end: -1 is the last argument
/// @param step distance from one key to the next
public record KeySpec(int first, int last, int step) {

  public static final KeySpec NONE = new KeySpec(0, 0, 0);
  public static final KeySpec FIRST = new KeySpec(1, 1, 1);
  public static final KeySpec FIRST_TWO = new KeySpec(1, 2, 1);
  public static final KeySpec ALL = new KeySpec(1, -1, 1);
  public static final KeySpec EVERY_OTHER = new KeySpec(1, -1, 2);

  /// Index of the last key in a request of `argumentCount` arguments (the name counts).
  public int lastIndex(int argumentCount) {
    return last >= 0 ? Math.min(last, argumentCount - 1) : argumentCount + last;
  }
}
