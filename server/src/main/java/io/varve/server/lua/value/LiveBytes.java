package io.varve.server.lua.value;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Estimates how many bytes a run holds, by walking from its roots.
///
/// Made only when a run has allocated a whole budget since the last look, so its cost is a small share
/// of what the program itself has done.
public final class LiveBytes {

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final ArrayDeque<Traced> pending = new ArrayDeque<>();
  private long bytes;

  LiveBytes() {}

  /// A value that is held, with all it holds.
  public void add(@Nullable Object value) {
    switch (value) {
      case null -> {}
      case LuaString s -> {
        if (seen.add(s)) {
          bytes += LuaState.STRING_BYTES + s.length();
        }
      }
      case Traced traced -> {
        if (seen.add(traced)) {
          pending.add(traced);
        }
      }
      case Cell cell -> {
        if (seen.add(cell)) {
          bytes += LuaState.CELL_BYTES;
          add(cell.value);
        }
      }
      default -> {}
    }
  }

  public void addAll(@Nullable Object[] values) {
    for (Object value : values) {
      add(value);
    }
  }

  public void addBytes(long more) {
    bytes += more;
  }

  /// How much work the walk was, in steps of the program.
  int weight() {
    return seen.size();
  }

  void addFrames(@Nullable Frame newest) {
    for (Frame frame = newest; frame != null; frame = frame.caller) {
      bytes += LuaState.FRAME_BYTES + 8L * (frame.slots.length + frame.varargs.length);
      addAll(frame.slots);
      addAll(frame.varargs);
      addAll(frame.upvalues);
    }
  }

  long total() {
    while (!pending.isEmpty()) {
      pending.poll().trace(this);
    }
    return bytes;
  }
}
