package io.varve.server.lua.code;

import io.varve.server.lua.value.Frame;

/// A node that does something.
abstract class Statement {

  /// The next statement follows.
  static final int NEXT = 0;

  /// The innermost loop ends.
  static final int BREAK = 1;

  /// The function ends; its result or its tail call is in the frame.
  static final int RETURN = 2;

  /// @return [#NEXT], [#BREAK] or [#RETURN]
  abstract int execute(Frame frame);
}
