package io.varve.server.keyspace;

import io.varve.engine.batch.WriteBatch;
import io.varve.engine.bytes.Slice;

/// Writes the deadline index of what an execution writes; see `docs/format/keyspace.md`.
///
/// No entry is ever written whose time is not after the clock of the execution. Belongs to one
/// [KeyspaceAccess].
final class Deadlines {

  private static final Slice NOTHING = new Slice();

  private final WriteBatch batch;
  private final ChangeJournal journal;
  private final EngineKeys keys;

  Deadlines(WriteBatch batch, ChangeJournal journal, EngineKeys keys) {
    this.batch = batch;
    this.journal = journal;
    this.keys = keys;
  }

  /// Brings the entries of a key from those of its old header to those of its new one.
  void replace(
      int physicalId, Slice key, long oldExpiry, long oldInner, HeaderValue value, long nowMillis) {
    long expiry = value.expiryMillis();
    long inner = value.innerDeadlineMillis();
    if (expiry != oldExpiry) {
      if (oldExpiry != KeyEntry.NO_EXPIRY && oldExpiry != inner) {
        delete(physicalId, key, oldExpiry);
      }
      if (expiry != KeyEntry.NO_EXPIRY && expiry != oldInner) {
        put(physicalId, key, expiry);
      }
    }
    if (inner != oldInner) {
      if (oldInner != KeyEntry.NO_EXPIRY && oldInner != oldExpiry && oldInner != expiry) {
        delete(physicalId, key, oldInner);
      }
      if (inner != KeyEntry.NO_EXPIRY && inner != oldExpiry && inner != expiry) {
        // Parts that have passed already, and go with the value to another key or are left for the
        // next round, are removed soon: no entry is ever written that is not in the future.
        put(physicalId, key, Math.max(inner, nowMillis + 1));
      }
    }
  }

  /// Removes the entries of a header that goes.
  void remove(int physicalId, Slice key, KeyEntry old) {
    if (old.expires()) {
      delete(physicalId, key, old.expiryMillis());
    }
    long inner = old.innerDeadlineMillis();
    if (inner != KeyEntry.NO_EXPIRY && inner != old.expiryMillis()) {
      delete(physicalId, key, inner);
    }
  }

  void put(int physicalId, Slice key, long millis) {
    batch.put(keys.deadline(physicalId, key, millis), NOTHING);
    journal.addDeadline(physicalId, millis);
  }

  void delete(int physicalId, Slice key, long millis) {
    batch.delete(keys.deadline(physicalId, key, millis));
    journal.removeDeadline(physicalId);
  }
}
