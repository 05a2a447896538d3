package io.varve.engine.backup;

import io.varve.engine.backup.BackupManifest.Kind;
import io.varve.engine.backup.BackupManifest.StoredFile;
import io.varve.engine.bytes.Slice;
import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileSystem;
import io.varve.engine.version.CurrentFile;
import io.varve.engine.version.ManifestReader;
import io.varve.engine.version.StoreCopy;
import io.varve.engine.version.StoreState;
import io.varve.engine.wal.WalConsumer;
import io.varve.engine.wal.WalCopy;
import io.varve.engine.wal.WalReader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Brings a store back: the tables of a backup, its log, and the archived log behind it up to a point.
///
/// The log is written first, cut where it shall end: opening the store replays it. `CURRENT` comes
/// last, so that nothing half restored opens. Used once.
public final class Restore {

  /// Size of the restored log's segments.
  private static final long SEGMENT_BYTES = 64L << 20;

  private final FileSystem files;
  private final Path backups;
  private final BackupManifest backup;
  private final Path target;

  Restore(FileSystem files, Path backups, BackupManifest backup, Path target) {
    this.files = files;
    this.backups = backups;
    this.backup = backup;
    this.target = target;
  }

  /// What came of it.
  ///
  /// @param backup what it began with
  /// @param timeline the history that the store was brought back to
  /// @param sequence the last sequence number in the store
  /// @param millis time of the last batch of the log, in milliseconds since 1970; -1 if unknown, or if
  ///     the store ends with the tables
  /// @param batches batches of the log that the store replays when it is opened
  public record Restored(
      BackupManifest backup, String timeline, long sequence, long millis, long batches) {}

  /// Whether a point lies behind a backup's tables, so that the log can be cut there.
  static boolean reaches(BackupManifest backup, RestorePoint point) {
    return switch (point) {
      case RestorePoint.Latest _ -> true;
      case RestorePoint.Sequence to -> to.sequence() >= backup.flushedSequence();
      case RestorePoint.Time to -> backup.millis() >= 0 && to.millis() >= backup.millis();
    };
  }

  Restored run(RestorePoint point, @Nullable LogArchive archive, @Nullable String timeline) {
    if (!reaches(backup, point)) {
      throw new StorageException(
          "restore", target.toString(), "backup " + backup.id() + " is newer than " + point);
    }
    files.createDirectories(target);
    Checkpoint.requireEmpty(files, target, "restore");
    Path own = backups.resolve(BackupFormat.digits(backup.id()));
    checkOwnFiles();
    StoreState state = ManifestReader.read(files, own, CurrentFile.read(files, own));
    StoreIdentity identity = StoreIdentity.find(state.properties());
    if (identity == null) {
      throw new CorruptionException(
          BackupFormat.digits(backup.id()), 0, "the manifest of the store has no identity");
    }
    String end = timeline == null ? backup.timeline() : timeline;
    WalCopy log = writeLog(own, state, point, archive, end);
    for (StoredFile file : backup.files()) {
      if (file.kind() == Kind.SHARED) {
        FileCopy.copy(files, backups.resolve(file.path()), target.resolve(file.name()), file.crc());
      }
    }
    files.syncDirectory(target);
    StoreIdentity copied = new StoreIdentity(identity.storeId(), null, end, log.lastSequence());
    StoreCopy.write(
        files,
        target,
        new StoreState(
            state.version(),
            state.nextFileNumber(),
            state.lastSequence(),
            state.walSegment(),
            copied.copyProperties(
                state.properties(),
                log.lastSequence(),
                Math.max(backup.millis(), log.lastMillis()))));
    return new Restored(backup, end, log.lastSequence(), log.lastMillis(), log.batches());
  }

  private void checkOwnFiles() {
    for (StoredFile file : backup.files()) {
      if (file.kind() == Kind.OWN) {
        int crc = FileCopy.checksum(files, backups.resolve(file.path()));
        if (crc != file.crc()) {
          throw new CorruptionException(
              file.path(),
              0,
              "expected checksum "
                  + ChecksummedLine.hex(file.crc())
                  + ", found "
                  + ChecksummedLine.hex(crc));
        }
      }
    }
  }

  private WalCopy writeLog(
      Path own,
      StoreState state,
      RestorePoint point,
      @Nullable LogArchive archive,
      String timeline) {
    try (WalCopy copy =
        new WalCopy(files, target, state.walSegment(), state.lastSequence(), SEGMENT_BYTES)) {
      Cut cut = new Cut(point, copy);
      var _ = WalReader.replay(files, own, state.walSegment(), state.lastSequence(), cut);
      if (archive != null && cut.wantsMore()) {
        archive.read(backup.timeline(), timeline, copy.lastSequence(), cut);
      }
      requireReached(point, copy.lastSequence(), cut);
      copy.finish();
      return copy;
    }
  }

  private void requireReached(RestorePoint point, long reached, Cut cut) {
    if (point instanceof RestorePoint.Sequence to && !cut.isDone() && reached < to.sequence()) {
      throw new StorageException(
          "restore",
          target.toString(),
          "what there is ends at sequence number " + reached + ", before " + to.sequence());
    }
  }

  /// Ends the log at a point.
  private static final class Cut implements WalConsumer {

    private final RestorePoint point;
    private final WalCopy to;
    private boolean done;

    Cut(RestorePoint point, WalCopy to) {
      this.point = point;
      this.to = to;
      this.done = point instanceof RestorePoint.Sequence cut && to.lastSequence() >= cut.sequence();
    }

    boolean isDone() {
      return done;
    }

    @Override
    public boolean wantsMore() {
      return !done;
    }

    @Override
    public void time(long millis) {
      done |= point instanceof RestorePoint.Time cut && millis > cut.millis();
      if (!done) {
        to.time(millis);
      }
    }

    @Override
    public void batch(long segment, long lastSequence, Slice batch) {
      done |= point instanceof RestorePoint.Sequence cut && lastSequence > cut.sequence();
      if (!done) {
        to.batch(segment, lastSequence, batch);
        done = point instanceof RestorePoint.Sequence cut && lastSequence == cut.sequence();
      }
    }
  }
}
