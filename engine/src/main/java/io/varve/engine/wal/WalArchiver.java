package io.varve.engine.wal;

import io.varve.engine.bytes.Slice;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Copies the log to an archive, on a thread of its own: whatever a segment that was left still lacks
/// there, and, at an interval, what is in the current one.
///
/// A segment is not used again before the archive has it. What is archived had been synced in the log
/// before, so the store can never go back behind its archive. A piece counts when it is synced,
/// renamed and its directory is synced; a piece that fails on the way is thrown away and written
/// anew, never synced again.
///
/// An archive that takes nothing (it is full, or gone) does not hold up writes: segments are kept for
/// it up to a bound, and beyond that given up, oldest first. Then the next piece leaves a gap.
final class WalArchiver {

  private static final Logger LOG = LoggerFactory.getLogger(WalArchiver.class);

  /// A piece ends after so many bytes.
  private static final long PIECE_BYTES_MAX = 64L << 20;

  /// Pause when a segment that was left is not wholly synced yet.
  private static final long POLL_MILLIS = 50;

  private static final long RETRY_MILLIS_MIN = 500;
  private static final long RETRY_MILLIS_MAX = 30_000;

  private final FileSystem files;
  private final WalArchiveOptions options;
  private final WalSegments segments;
  private final LongSupplier safeSequence;
  private final WalCounters counters;
  private final Thread thread;
  private final Path unfinished;

  /// The thread's, and after [#stop()] the closer's.
  private long archivedSequence;

  /// Up to here the log has nothing that the archive lacks.
  private long lookedAtSequence;

  private boolean failing;

  /// @param safeSequence up to where everything is synced
  WalArchiver(
      FileSystem files,
      WalArchiveOptions options,
      WalSegments segments,
      LongSupplier safeSequence,
      WalCounters counters) {
    this.files = files;
    this.options = options;
    this.segments = segments;
    this.safeSequence = safeSequence;
    this.counters = counters;
    this.archivedSequence = options.archivedSequence();
    this.lookedAtSequence = options.archivedSequence();
    this.unfinished = FileNames.temporary(options.directory().resolve("piece.wlog"));
    this.thread = new Thread(this::run, "varve-wal-archive");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /// Waits for the end of the thread. After [WalSegments#stop()].
  void stop() {
    Threads.join(thread);
  }

  /// The last act of a close: one try for everything that is left. What it does not take stays in
  /// the store and is archived when that is opened again.
  void archiveRest() {
    var _ = tryArchive();
  }

  private void run() {
    long retryMillis = RETRY_MILLIS_MIN;
    while (segments.awaitArchiveWork(options.intervalMillis())) {
      long before = archivedSequence;
      boolean open;
      if (!tryArchive()) {
        open = segments.awaitArchiveRetry(retryMillis);
        retryMillis = Math.min(2 * retryMillis, RETRY_MILLIS_MAX);
      } else {
        retryMillis = RETRY_MILLIS_MIN;
        open = archivedSequence != before || segments.awaitArchiveRetry(POLL_MILLIS);
      }
      if (!open) {
        return;
      }
    }
  }

  private boolean tryArchive() {
    try {
      archive();
      if (failing) {
        failing = false;
        LOG.info("the log is archived to {} again", options.directory());
      }
      return true;
    } catch (EngineException e) {
      counters.countArchiveFailure();
      if (!failing) {
        failing = true;
        LOG.warn(
            "the log cannot be archived, tried again and again; writes go on, and at most {} bytes"
                + " are kept for the archive: {}",
            options.backlogBytesMax(),
            e.getMessage());
      }
      return false;
    }
  }

  private void archive() {
    long target = safeSequence.getAsLong();
    if (target <= lookedAtSequence) {
      return;
    }
    Pieces pieces = new Pieces();
    try (LogHold hold = segments.hold()) {
      segments.readForArchive(hold, target, pieces);
      pieces.end();
    } finally {
      pieces.abandon();
    }
    // What is not there by now, the log does not have.
    lookedAtSequence = target;
    segments.archived(target);
  }

  /// Cuts the log into pieces.
  private final class Pieces implements WalConsumer {

    private @Nullable SegmentWriter piece;
    private long pieceFirst;

    /// Where the log is: sequence number of the last batch that was read, or that came before.
    private long position;

    private long millis = -1;

    @Override
    public void segment(long segment, long previousSequence) {
      position = previousSequence;
    }

    @Override
    public void time(long newMillis) {
      millis = Math.max(millis, newMillis);
    }

    @Override
    public void batch(long segment, long lastSequence, Slice batch) {
      if (lastSequence > archivedSequence) {
        SegmentWriter into = pieceAt(position);
        if (millis >= 0) {
          into.time(millis);
        }
        into.batch(lastSequence, batch);
      }
      position = lastSequence;
    }

    private SegmentWriter pieceAt(long previousSequence) {
      SegmentWriter open = piece;
      boolean continues = open != null && open.lastSequence() == previousSequence;
      if (open != null && continues && open.bytes() < PIECE_BYTES_MAX) {
        return open;
      }
      end();
      if (archivedSequence >= 0 && previousSequence > archivedSequence) {
        LOG.error(
            "the archive {} lacks sequence numbers {} to {}, which the log does not have any more:"
                + " take a backup",
            options.directory(),
            archivedSequence + 1,
            previousSequence);
      }
      if (files.exists(unfinished)) {
        files.delete(unfinished);
      }
      pieceFirst = previousSequence + 1;
      SegmentWriter fresh = new SegmentWriter(files, unfinished, pieceFirst, previousSequence);
      piece = fresh;
      return fresh;
    }

    /// Makes the open piece count.
    void end() {
      SegmentWriter ended = piece;
      if (ended == null) {
        return;
      }
      ended.finish();
      long last = ended.lastSequence();
      long bytes = ended.bytes();
      abandon();
      Path finished = options.directory().resolve(new ArchivedPiece(pieceFirst, last).name());
      files.rename(unfinished, finished);
      try {
        files.syncDirectory(options.directory());
      } catch (StorageException e) {
        deleteQuietly(finished);
        throw e;
      }
      archivedSequence = last;
      counters.countArchived(bytes);
      segments.archived(last);
    }

    void abandon() {
      SegmentWriter open = piece;
      piece = null;
      if (open != null) {
        open.close();
      }
    }

    private void deleteQuietly(Path file) {
      try {
        files.delete(file);
      } catch (StorageException e) {
        LOG.warn("{} stays, and is written again: {}", file, e.getMessage());
      }
    }
  }
}
