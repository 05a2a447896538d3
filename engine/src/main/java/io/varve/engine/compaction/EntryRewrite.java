package io.varve.engine.compaction;

import io.varve.engine.bytes.Slice;
import io.varve.engine.iterator.EntryIterator;
import io.varve.engine.iterator.ReadContext;
import io.varve.engine.key.EntryKind;
import io.varve.engine.key.InternalKey;

/// The loop that flushes and merges share: entries in, those that are retained out, in steps.
///
/// After each step the pacer may hold the job back, or end it with [JobCancelledException]; that is
/// the only place where a job waits for anything but the disk. One thread.
final class EntryRewrite {

  /// Bytes of keys and values between two looks at the pacer.
  private static final long STEP_BYTES = 1L << 20;

  /// Entries between two looks, so that a merge that drops millions of tiny entries sees a close.
  private static final long STEP_ENTRIES = 1L << 14;

  private static final Slice NO_VALUE = new Slice();

  private final EntryRetention retention;
  private final TableOutput output;
  private final Pacer.Steps steps;
  private final ReadContext context;
  private long entriesRead;
  private long entriesWritten;

  /// @param context of the input iterators: what it pins is let go step by step
  EntryRewrite(
      EntryRetention retention, TableOutput output, Pacer.Steps steps, ReadContext context) {
    this.retention = retention;
    this.output = output;
    this.steps = steps;
    this.context = context;
  }

  void run(EntryIterator input) {
    long stepBytes = 0;
    long stepEntries = 0;
    input.seekToFirst();
    while (input.isValid()) {
      Slice userKey = input.userKey();
      Slice value = input.value();
      write(userKey, input.trailer(), value);
      stepBytes += userKey.length() + value.length() + InternalKey.TRAILER_BYTES;
      stepBytes += output.takeRewrittenBytes();
      if (stepBytes >= STEP_BYTES || ++stepEntries >= STEP_ENTRIES) {
        context.releasePins();
        steps.step(stepBytes);
        stepBytes = 0;
        stepEntries = 0;
      }
      input.next();
    }
    steps.step(stepBytes);
  }

  private void write(Slice userKey, long trailer, Slice value) {
    entriesRead++;
    EntryRetention.Verdict verdict = retention.judge(userKey, trailer, value);
    if (retention.isNewKey()) {
      output.newKey(userKey);
    }
    switch (verdict) {
      case KEEP -> output.add(userKey, trailer, value);
      case KEEP_AS_TOMBSTONE ->
          output.add(
              userKey,
              InternalKey.trailer(InternalKey.sequence(trailer), EntryKind.DELETE),
              NO_VALUE);
      case DROP -> {
        return;
      }
    }
    entriesWritten++;
  }

  long entriesRead() {
    return entriesRead;
  }

  long entriesWritten() {
    return entriesWritten;
  }
}
