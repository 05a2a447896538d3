package io.varve.engine.backup;

import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileLock;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import io.varve.engine.version.CurrentFile;
import io.varve.engine.version.DataFile;
import io.varve.engine.version.ManifestReader;
import io.varve.engine.version.StoreCopy;
import io.varve.engine.version.StoreState;
import io.varve.engine.version.Version;
import io.varve.engine.version.VersionSet;
import io.varve.engine.wal.Log;
import io.varve.engine.wal.LogHold;
import io.varve.engine.wal.WalConsumer;
import io.varve.engine.wal.WalCopy;
import io.varve.engine.wal.WalReader;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One moment of a store, held fast so that it can be copied: the files of a version, and the log's
/// tail behind them.
///
/// Of an open store it is taken from any thread, without a flush and without a word to the writer:
/// the version and the log's segments just stay until [#close()]. It holds everything that was durable
/// when it was taken, and whole batches only. Use: [#writeLog(Path)], then copy or link [#dataFiles()],
/// then [#writeManifest(Path)], which makes the directory a store. One thread.
public final class StoreImage implements AutoCloseable {

  /// Size of the segments that the log's tail is written to.
  private static final long SEGMENT_BYTES = 64L << 20;

  /// Where the log's tail comes from.
  private interface Tail {
    void read(WalConsumer consumer);
  }

  /// A file of the store that never changes.
  ///
  /// @param path its name is its own for as long as its timeline lasts
  public record ImageFile(Path path, long bytes) {}

  private final FileSystem files;
  private final Path directory;
  private final StoreState state;
  private final StoreIdentity identity;
  private final long millis;
  private final Tail tail;
  private final Runnable release;
  private final Runnable releaseLog;
  private long sequence = -1;
  private boolean closed;

  private StoreImage(
      FileSystem files,
      Path directory,
      StoreState state,
      long millis,
      Tail tail,
      Runnable releaseLog,
      Runnable release) {
    this.files = files;
    this.directory = directory;
    this.state = state;
    this.identity = identityOf(directory, state);
    this.millis = millis;
    this.tail = tail;
    this.releaseLog = releaseLog;
    this.release = release;
  }

  private static StoreIdentity identityOf(Path directory, StoreState state) {
    StoreIdentity known = StoreIdentity.find(state.properties());
    if (known == null) {
      throw new StorageException(
          "copy",
          directory.toString(),
          "the store has no identity yet; it gets one when this version opens it");
    }
    return known;
  }

  /// An image of an open store.
  ///
  /// @param clock tells the time, in milliseconds since 1970
  public static StoreImage ofOpen(
      FileSystem files, VersionSet versions, Log log, InstantSource clock) {
    long durable = log.durableSequence();
    // First the log, then the version: what it lacks is then in segments that stay.
    LogHold hold = log.hold();
    StoreState state = null;
    try {
      state = versions.acquireState();
      Version version = state.version();
      long oldest = state.walSegment();
      long flushed = state.lastSequence();
      return new StoreImage(
          files,
          versions.directory(),
          state,
          clock.millis(),
          consumer -> hold.read(oldest, flushed, durable, consumer),
          hold::close,
          version::release);
    } catch (RuntimeException e) {
      hold.close();
      if (state != null) {
        state.version().release();
      }
      throw e;
    }
  }

  /// An image of a store that nobody has open, a checkpoint for instance. Nobody can open it until the
  /// image is closed.
  ///
  /// @param clock tells the time, in milliseconds since 1970
  /// @throws StorageException if somebody has it open, or if there is no store
  public static StoreImage ofClosed(FileSystem files, Path directory, InstantSource clock) {
    if (!files.exists(FileNames.current(directory))) {
      throw new StorageException("open", directory.toString(), "there is no store");
    }
    FileLock lock = lock(files, directory);
    try {
      StoreState state = ManifestReader.read(files, directory, CurrentFile.read(files, directory));
      return new StoreImage(
          files,
          directory,
          state,
          millisOfClosed(state, clock),
          consumer -> {
            var _ =
                WalReader.replay(
                    files, directory, state.walSegment(), state.lastSequence(), consumer);
          },
          () -> {},
          lock::close);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static FileLock lock(FileSystem files, Path directory) {
    try {
      return files.lock(FileNames.lock(directory));
    } catch (StorageException e) {
      throw new StorageException(
          "copy",
          directory.toString(),
          "it cannot be locked; of a store that is open, copy a checkpoint: " + e.getMessage());
    }
  }

  /// A copy says when it was current; a store that was used is current until now.
  private static long millisOfClosed(StoreState state, InstantSource clock) {
    StoreIdentity identity = StoreIdentity.find(state.properties());
    return identity != null && identity.timeline() == null
        ? StoreIdentity.copyMillis(state.properties())
        : clock.millis();
  }

  public StoreIdentity identity() {
    return identity;
  }

  /// Milliseconds since 1970 at which everything in the image had been written; -1 if that is not
  /// known.
  public long millis() {
    return millis;
  }

  /// Up to here, everything is in tables.
  long flushedSequence() {
    return state.lastSequence();
  }

  /// The last sequence number in the image, known once the log's tail is written.
  public long sequence() {
    if (sequence < 0) {
      throw new IllegalStateException("the log's tail has not been read");
    }
    return sequence;
  }

  /// All files but the log and the manifest.
  public List<ImageFile> dataFiles() {
    List<ImageFile> dataFiles = new ArrayList<>();
    for (Map.Entry<DataFile, Long> file : state.version().files().entrySet()) {
      dataFiles.add(new ImageFile(file.getKey().path(directory), file.getValue()));
    }
    return dataFiles;
  }

  /// Writes the log's tail into another directory, in segments of its own, synced with their names.
  /// This comes first: a log without `CURRENT` is no store, and is not taken for a new one either.
  public void writeLog(Path target) {
    try (WalCopy copy =
        new WalCopy(files, target, firstSegment(), state.lastSequence(), SEGMENT_BYTES)) {
      tail.read(copy);
      copy.finish();
      sequence = copy.lastSequence();
    }
    releaseLog.run();
  }

  private long firstSegment() {
    return Math.max(1, state.walSegment());
  }

  /// Writes manifest and `CURRENT` into a directory that has everything else, synced. From then on it
  /// opens as a store.
  public void writeManifest(Path target) {
    Map<String, String> properties =
        identity.copyProperties(state.properties(), sequence(), millis);
    StoreCopy.write(
        files,
        target,
        new StoreState(
            state.version(),
            state.nextFileNumber(),
            state.lastSequence(),
            firstSegment(),
            properties));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      releaseLog.run();
      release.run();
    }
  }
}
