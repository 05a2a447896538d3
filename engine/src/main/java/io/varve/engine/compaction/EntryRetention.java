package io.varve.engine.compaction;

import io.varve.engine.bytes.GrowableBuffer;
import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.CompactionFilter;
import io.varve.engine.iterator.LargeValues;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.Expiry;
import io.varve.engine.key.InternalKey;
import io.varve.engine.range.RangeTombstones;

/// Decides, entry by entry in internal order, what a flush or merge writes.
///
/// - A version goes if a newer one of its key lies in the same stripe of [SnapshotBounds].
/// - A version goes if a newer range tombstone in the same stripe covers it.
/// - An entry that has expired, or that the filter does not want, becomes a tombstone, because an
///   older version outside of the inputs must not come back to light.
/// - A tombstone goes if nothing older can hold its key: neither runs outside the inputs, nor an older
///   version inside them that a snapshot keeps.
///
/// One per job, one thread.
final class EntryRetention {

  /// What becomes of an entry.
  enum Verdict {
    KEEP,
    DROP,
    /// Written as a tombstone with the same sequence number.
    KEEP_AS_TOMBSTONE
  }

  private final SnapshotBounds snapshots;
  private final OlderRuns older;
  private final CompactionFilter filter;
  private final long nowMillis;
  private final LargeValues largeValues;
  private final GrowableBuffer keyBytes = new GrowableBuffer(256);
  private final Slice key = new Slice();
  private final Slice behindExpiry = new Slice();
  private final Slice fetched = new Slice();
  private RangeTombstones ranges = RangeTombstones.NONE;
  private boolean any;
  private boolean newKey;
  private boolean stripeKnown;
  private int lastStripe;

  /// @param nowMillis what expires then or before counts no more
  EntryRetention(
      SnapshotBounds snapshots, OlderRuns older, CompactionFilter filter, long nowMillis) {
    this(snapshots, older, filter, nowMillis, LargeValues.NONE);
  }

  /// @param largeValues shows the filter values that lie apart, if it wants to see them
  EntryRetention(
      SnapshotBounds snapshots,
      OlderRuns older,
      CompactionFilter filter,
      long nowMillis,
      LargeValues largeValues) {
    this.snapshots = snapshots;
    this.older = older;
    this.filter = filter;
    this.nowMillis = nowMillis;
    this.largeValues = largeValues;
  }

  /// Says which range tombstones the inputs hold.
  EntryRetention under(RangeTombstones tombstones) {
    ranges = tombstones;
    return this;
  }

  Verdict judge(Slice userKey, long trailer, Slice value) {
    newKey = !any || !userKey.contentEquals(key);
    if (newKey) {
      any = true;
      keyBytes.clear();
      keyBytes.putBytes(userKey);
      keyBytes.slice(key);
      stripeKnown = false;
    }
    long sequence = InternalKey.sequence(trailer);
    if (snapshots.isUnpublished(sequence)) {
      return Verdict.KEEP;
    }
    int stripe = snapshots.stripe(sequence);
    if (stripeKnown && stripe == lastStripe) {
      return Verdict.DROP;
    }
    boolean newestPublished = !stripeKnown;
    stripeKnown = true;
    lastStripe = stripe;
    if (!ranges.isEmpty() && ranges.sequenceAt(userKey, snapshots.stripeEnd(stripe)) > sequence) {
      return Verdict.DROP;
    }
    EntryKind kind = InternalKey.kind(trailer);
    boolean isTombstone = kind == EntryKind.DELETE;
    // What has expired is gone for the readers of snapshots too.
    boolean isExpired = kind.isExpiring() && Expiry.millis(value) <= nowMillis;
    boolean isFiltered =
        !isTombstone
            && newKey
            && newestPublished
            && snapshots.isAboveSnapshots(sequence)
            && isFiltered(userKey, kind, value);
    boolean unwanted = isExpired || isFiltered;
    if ((isTombstone || unwanted) && stripe == 0 && !older.mayHold(userKey)) {
      return Verdict.DROP;
    }
    return unwanted ? Verdict.KEEP_AS_TOMBSTONE : Verdict.KEEP;
  }

  private boolean isFiltered(Slice userKey, EntryKind kind, Slice value) {
    Slice plain = kind.isExpiring() ? Expiry.valueOf(value, behindExpiry) : value;
    if (!kind.isApart()) {
      return filter.drop(userKey, plain);
    }
    if (!filter.looksAtValues()) {
      return filter.drop(userKey, fetched.clear());
    }
    ReadContext.PinnedBlock block = largeValues.fetch(plain, 0, fetched);
    try {
      return filter.drop(userKey, fetched);
    } finally {
      fetched.clear();
      block.unpin();
    }
  }

  /// Whether the entry judged last was the first of its user key.
  boolean isNewKey() {
    return newKey;
  }
}
