package io.varve.server.types;

import io.varve.engine.bytes.Slice;
import io.varve.server.keyspace.Database;
import io.varve.server.keyspace.EncodingLimits;
import io.varve.server.keyspace.KeyEntry;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The set that SINTERSTORE, SUNIONSTORE or SDIFFSTORE make: members are added, then it is stored in
/// place of what the key held, without its expiry.
///
/// While it may still become an intset or a listpack its members wait in memory, for which of them it
/// is shows at the end; after that they are written as they come.
public final class SetResult {

  /// Members that wait in memory at most, whatever the limits are.
  private static final long WAITING_MAX = 1 << 16;

  private final Set<Slice> waiting = new LinkedHashSet<>();
  private final long waitingMax;
  private final SetEditor editor;
  private final boolean numbersFirst;
  private boolean allNumbers = true;
  private boolean writing;

  /// @param old what the key holds, of any type; null if nothing
  /// @param numbersFirst whether numbers before the first other member are put in order, as in an intset
  public SetResult(Database db, Slice key, @Nullable KeyEntry old, boolean numbersFirst) {
    EncodingLimits limits = db.access().keyspace().encodingLimits();
    this.waitingMax =
        Math.min(WAITING_MAX, Math.max(limits.setIntsetEntries(), limits.setEntries()));
    this.editor = SetEditor.inPlaceOf(db, key, old);
    this.numbersFirst = numbersFirst;
  }

  /// Adds a member unless it is there.
  public void add(Slice member) {
    if (writing) {
      editor.add(member);
      return;
    }
    if (waiting.contains(member)) {
      return;
    }
    waiting.add(member.copy());
    allNumbers &= Decimals.isLong(member);
    if (waiting.size() > waitingMax) {
      write();
    }
  }

  /// Stores the members if there are any. Returns how many.
  public long store() {
    if (!writing) {
      write();
    }
    if (editor.size() > 0) {
      editor.finish();
    }
    return editor.size();
  }

  private void write() {
    writing = true;
    if (!allNumbers && !numbersFirst) {
      editor.beginListpack();
    }
    for (Slice member : waiting) {
      editor.add(member);
    }
    waiting.clear();
  }
}
