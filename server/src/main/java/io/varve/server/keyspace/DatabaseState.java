package io.varve.server.keyspace;

import io.varve.engine.bytes.ByteCursor;
import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;

/// What the command loop knows of one physical database: how many keys it has, how sure that number
/// is, and which deadline comes next.
///
/// Owned by the command loop. Other threads read [#keys] and [#uncertain()] for INFO only, where a
/// number may lag; who needs an exact one reads the count record at a sequence number.
///
/// The count record is written once per commit group, in the group's last batch, and once more, as
/// uncertain, in the first batch of a group that changes it: a log that ends between the two shows
/// an uncertain number at the next start and the database is counted anew.
///
/// ```
/// count := keys (8), uncertain (8), deadlines (8)
/// ```
final class DatabaseState {

  final int physicalId;
  final Slice countKey;

  /// Keys, under the assumption that every key written blindly had been there.
  long keys;

  /// Blind writes of which it is not yet known whether the key had been there.
  long unresolved;

  /// Entries of the deadline index, those that a blind write made stale included.
  long deadlines;

  /// The count may be wrong by more than [#unresolved] and has to be taken anew.
  boolean recountNeeded;

  /// A recount runs; [#changeSinceRecount] is what happened behind its snapshot.
  boolean recounting;

  long changeSinceRecount;

  /// Blind writes up to this ticket are covered by the running or last recount.
  long recountTicket;

  /// The numbers differ from the newest count record.
  boolean dirty;

  /// This commit group has an uncertain count record in front of its changes.
  boolean open;

  /// No key expires before this; 0 before the first look at the index.
  long nextDeadlineMillis;

  /// The deadline index is worked off up to here.
  long finishedDeadlineMillis;

  DatabaseState(int physicalId) {
    this.physicalId = physicalId;
    this.countKey = KeyspaceFormat.countKey(physicalId);
  }

  /// @throws ByteCursor.MalformedException if the record does not follow its grammar
  void decode(Slice record) {
    ByteCursor cursor = new ByteCursor(record);
    keys = cursor.readLong();
    recountNeeded = cursor.readLong() != 0;
    deadlines = cursor.readLong();
  }

  /// Writes the count record as of now.
  ///
  /// @param extraUncertain 1 in front of changes that the record does not show yet, else 0
  void encode(GrowableBuffer into, int extraUncertain) {
    into.putLong(keys);
    into.putLong(uncertain() + extraUncertain);
    into.putLong(deadlines);
  }

  /// By how many keys, at least, the count may be wrong; 0 if it is exact.
  long uncertain() {
    return unresolved + (recountNeeded || recounting ? 1 : 0);
  }

  /// Counts keys that came or went for certain.
  void addKeys(long delta) {
    keys += delta;
    if (recounting) {
      changeSinceRecount += delta;
    }
  }
}
