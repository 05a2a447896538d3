package io.varve.engine.version;

import io.varve.engine.error.CorruptionException;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileNames.FileName;
import io.varve.engine.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The current version, the manifest that makes it durable, and the files that nobody needs.
///
/// An edit is in the manifest and synced before the version it leads to can be seen. Edits come from
/// background threads, one at a time under a lock; they wait for the disk. Readers take the current
/// version with [#acquire()], without a lock and without waiting.
///
/// Failures: if an edit could not be appended (a full disk), nothing has changed, and the next edit
/// starts a manifest of its own. The failed edit might still lie in the old manifest, so the tables it
/// speaks of stay until `CURRENT` names the new one; the caller must not delete them. If a sync failed
/// or the switch of `CURRENT` is in doubt, the set is poisoned: every later edit fails, nothing is
/// retried.
///
/// At open, files that no version knows are deleted: unfinished outputs of a crash, temporary files,
/// old manifests. WAL segments are the log's own to delete. File numbers are never used twice.
public final class VersionSet implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(VersionSet.class);

  /// Hears what happens to files. Called from background threads.
  public interface Listener {
    /// No version refers to the table any more; its file is about to be deleted.
    default void tableObsolete(long fileNumber) {}

    /// No version refers to the value file any more; it is about to be deleted.
    default void valueFileObsolete(long fileNumber) {}

    /// There may be tables to delete: somebody who may wait for the disk calls
    /// [VersionSet#deleteObsoleteTables()]. Called by whoever let go of a version; must be quick.
    default void versionReleased() {}
  }

  /// @param manifestBytesMax the manifest is rewritten when it grows beyond
  /// @param initialProperties properties that a new store is created with; an existing one keeps its
  ///     own
  public record Options(long manifestBytesMax, Map<String, String> initialProperties) {
    public Options {
      initialProperties = Map.copyOf(initialProperties);
    }

    public static Options defaults() {
      return new Options(4L << 20, Map.of());
    }

    public Options withInitialProperties(Map<String, String> properties) {
      return new Options(manifestBytesMax, properties);
    }
  }

  private final FileSystem files;
  private final Path directory;
  private final Options options;
  private final Listener listener;
  private final AtomicLong nextNumber;
  private final ObsoleteFiles obsolete = new ObsoleteFiles();
  private final ReentrantLock editLock = new ReentrantLock();

  /// Changes under the lock; read by anybody.
  private volatile StoreState state;

  private volatile @Nullable EngineException poison;
  private volatile boolean closed;

  /// Null after a failed append: the next edit starts a new manifest. Under the lock.
  private @Nullable ManifestWriter writer;

  private long manifestNumber;

  /// Files of edits that failed and may yet lie in the old manifest. Under the lock.
  private final Set<DataFile> filesInDoubt = new HashSet<>();

  private VersionSet(
      FileSystem files, Path directory, Options options, Listener listener, StoreState recovered) {
    this.files = files;
    this.directory = directory;
    this.options = options;
    this.listener = listener;
    this.nextNumber = new AtomicLong(recovered.nextFileNumber());
    this.state = recovered;
  }

  /// Opens the store of a directory, creating it if there is none. The caller holds the lock file.
  ///
  /// @throws CorruptionException if the manifest is damaged, or a table or value file is missing or
  ///     cut
  public static VersionSet open(
      FileSystem files, Path directory, Options options, Listener listener) {
    List<String> names = files.list(directory);
    boolean exists = files.exists(FileNames.current(directory));
    if (!exists) {
      refuseIfCurrentIsLost(directory, names);
    }
    long oldManifest = exists ? CurrentFile.read(files, directory) : 0;
    StoreState state =
        exists
            ? ManifestReader.read(files, directory, oldManifest)
            : newStore(options.initialProperties());
    List<String> findings = VersionChecker.checkFiles(files, directory, state.version());
    if (!findings.isEmpty()) {
      throw new CorruptionException(
          FileNames.nameOf(FileNames.manifest(directory, oldManifest)),
          0,
          "it names files that are not as they should be: " + findings);
    }
    VersionSet set = new VersionSet(files, directory, options, listener, state);
    set.start(names, oldManifest);
    return set;
  }

  private static void refuseIfCurrentIsLost(Path directory, List<String> names) {
    for (String name : names) {
      @Nullable FileName file = FileNames.parse(name);
      if (file != null
          && (file.kind() == FileNames.Kind.SSTABLE
              || file.kind() == FileNames.Kind.VALUE
              || file.kind() == FileNames.Kind.WAL)) {
        throw new CorruptionException(
            FileNames.nameOf(FileNames.current(directory)),
            0,
            "it is missing though there are files of a store, such as " + name);
      }
    }
  }

  private static StoreState newStore(Map<String, String> properties) {
    VersionEdit.Builder edit = VersionEdit.builder();
    properties.forEach(edit::property);
    return StoreState.empty().apply(edit.build());
  }

  private void start(List<String> names, long oldManifest) {
    // Orphans first: on a full disk they may be the room that the new manifest needs.
    deleteOrphans(names, oldManifest);
    Version first = state.version().apply(VersionEdit.EMPTY, 1, this::unreferenced);
    obsolete.starting(first);
    state = state.with(first, VersionEdit.EMPTY);
    manifestNumber = oldManifest;
    editLock.lock();
    try {
      rotate(state);
    } catch (RuntimeException e) {
      closeWriter();
      throw e;
    } finally {
      editLock.unlock();
    }
  }

  private void deleteOrphans(List<String> names, long oldManifest) {
    Set<DataFile> known = state.version().files().keySet();
    for (String name : names) {
      @Nullable FileName file = FileNames.parse(name);
      if (file == null) {
        continue;
      }
      // A number that a lost edit had handed out is not handed out again.
      nextNumber.accumulateAndGet(file.number() + 1, Math::max);
      boolean orphan =
          switch (file.kind()) {
            case SSTABLE, VALUE -> !known.contains(new DataFile(file.kind(), file.number()));
            case MANIFEST -> file.number() != oldManifest;
            case TEMPORARY -> true;
            case WAL, CURRENT, LOCK -> false;
          };
      if (orphan) {
        LOG.info("Deleting {}, which no version of the store knows", name);
        deleteQuietly(directory.resolve(name));
      }
    }
  }

  /// The current version, with a reference that the caller gives back.
  public Version acquire() {
    while (true) {
      Version version = state.version();
      if (version.tryRetain()) {
        return version;
      }
      if (closed) {
        throw new IllegalStateException("the version set is closed");
      }
    }
  }

  /// All that the manifest says right now, its version with a reference that the caller gives back.
  public StoreState acquireState() {
    while (true) {
      StoreState now = state;
      if (now.version().tryRetain()) {
        return now;
      }
      if (closed) {
        throw new IllegalStateException("the version set is closed");
      }
    }
  }

  /// All that the manifest says right now. Its version comes without a reference.
  public StoreState state() {
    return state;
  }

  /// Greatest sequence number that the tables may hold.
  public long lastSequence() {
    return state.lastSequence();
  }

  /// First WAL segment that a recovery has to replay.
  public long walSegment() {
    return state.walSegment();
  }

  /// A property of the store as a whole, or null.
  public @Nullable String findProperty(String name) {
    return state.properties().get(name);
  }

  /// A number for a new file or run, never given out before.
  public long newNumber() {
    return nextNumber.getAndIncrement();
  }

  /// Where the files are.
  public Path directory() {
    return directory;
  }

  /// Why no edit is possible any more, or null.
  public @Nullable EngineException poison() {
    return poison;
  }

  /// Tables that are out of the current version and kept for readers of older ones.
  public int obsoleteTablesWaiting() {
    return obsolete.waitingCount();
  }

  /// Makes an edit durable and its version the current one. Files that the edit adds are synced, and
  /// so is the directory; from this call on they belong to the set, even if it fails.
  ///
  /// @return the new current version, with a reference that the caller gives back
  /// @throws StorageException if the edit is not durable; see [#poison()] for whether another try has
  ///     a point
  /// @throws IllegalArgumentException if the edit does not fit the current version
  public Version apply(VersionEdit edit) {
    editLock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the version set is closed");
      }
      EngineException poisoned = poison;
      if (poisoned != null) {
        throw new StorageException("edit", manifestName(), "poisoned: " + poisoned.getMessage());
      }
      VersionEdit numbered = edit.toBuilder().nextFileNumber(nextNumber.get()).build();
      Version before = state.version();
      Version next = before.apply(numbered, before.number() + 1, this::unreferenced);
      StoreState nextState = state.with(next, numbered);
      assert isSound(nextState)
          : VersionChecker.check(next, nextState.nextFileNumber(), nextState.lastSequence());
      persist(numbered, nextState);
      obsolete.installing(next.number(), numbered);
      next.retain();
      state = nextState;
      before.release();
      return next;
    } finally {
      editLock.unlock();
    }
  }

  private boolean isSound(StoreState next) {
    return VersionChecker.check(next.version(), next.nextFileNumber(), next.lastSequence())
            .isEmpty()
        && VersionChecker.checkFiles(files, directory, next.version()).isEmpty();
  }

  private void persist(VersionEdit edit, StoreState nextState) {
    ManifestWriter manifest = writer;
    try {
      if (manifest == null || manifest.bytes() > options.manifestBytesMax()) {
        rotate(nextState);
      } else {
        append(manifest, edit);
      }
    } catch (RuntimeException e) {
      for (VersionEdit.AddedTable added : edit.added()) {
        filesInDoubt.addAll(added.table().files());
      }
      throw e;
    }
  }

  private void append(ManifestWriter manifest, VersionEdit edit) {
    try {
      manifest.append(edit);
    } catch (StorageException e) {
      LOG.warn("{} could not take an edit; the next one starts a new manifest", manifestName(), e);
      closeWriter();
      throw e;
    }
    try {
      manifest.sync();
    } catch (StorageException e) {
      throw poison(e);
    }
  }

  /// Writes a state to a new manifest and makes `CURRENT` name it. Until the rename nothing has
  /// happened that counts; from the rename on, a failure leaves open which manifest does.
  private void rotate(StoreState next) {
    closeWriter();
    long number = newNumber();
    // The manifest's own number is taken too.
    StoreState written =
        next.with(next.version(), VersionEdit.builder().nextFileNumber(nextNumber.get()).build());
    ManifestWriter fresh = null;
    try {
      fresh = ManifestWriter.create(files, directory, number, written);
      fresh.sync();
      files.syncDirectory(directory);
      CurrentFile.prepare(files, directory, number);
    } catch (RuntimeException e) {
      if (fresh != null) {
        fresh.close();
      }
      deleteQuietly(FileNames.manifest(directory, number));
      throw e;
    }
    try {
      CurrentFile.install(files, directory);
      files.syncDirectory(directory);
    } catch (StorageException e) {
      fresh.close();
      throw poison(e);
    }
    long old = manifestNumber;
    manifestNumber = number;
    writer = fresh;
    if (old != 0) {
      deleteQuietly(FileNames.manifest(directory, old));
    }
    deleteFilesInDoubt(next.version());
  }

  /// The old manifest does not count any more: what only it could speak of may go.
  private void deleteFilesInDoubt(Version version) {
    if (filesInDoubt.isEmpty()) {
      return;
    }
    filesInDoubt.removeAll(version.files().keySet());
    filesInDoubt.forEach(file -> deleteQuietly(file.path(directory)));
    filesInDoubt.clear();
  }

  private StorageException poison(StorageException cause) {
    poison = cause;
    closeWriter();
    LOG.error(
        "{} failed and is not retried: no change of the store is possible until it is opened again",
        manifestName(),
        cause);
    return cause;
  }

  private void unreferenced(Version version) {
    obsolete.unreferenced(version.number());
    listener.versionReleased();
  }

  /// Deletes tables and value files that no living version refers to. May wait for the disk.
  ///
  /// @return how many
  public int deleteObsoleteTables() {
    List<DataFile> deletable = obsolete.takeDeletable();
    deleteUnusedFiles(deletable);
    return deletable.size();
  }

  /// Deletes files that no version was ever told of: outputs of a job that failed. What cannot be
  /// deleted now is an orphan that the next open deletes.
  public void deleteUnusedFiles(List<DataFile> unused) {
    for (DataFile file : unused) {
      if (file.kind() == FileNames.Kind.VALUE) {
        listener.valueFileObsolete(file.number());
      } else {
        listener.tableObsolete(file.number());
      }
      deleteQuietly(file.path(directory));
    }
  }

  private void deleteQuietly(Path file) {
    try {
      if (files.exists(file)) {
        files.delete(file);
      }
    } catch (StorageException e) {
      LOG.warn("{} stays until the next open", file.getFileName(), e);
    }
  }

  @Override
  public void close() {
    editLock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      closeWriter();
      state.version().release();
      deleteObsoleteTables();
    } finally {
      editLock.unlock();
    }
  }

  private void closeWriter() {
    ManifestWriter open = writer;
    writer = null;
    if (open != null) {
      try {
        open.close();
      } catch (StorageException e) {
        LOG.warn("{} did not close cleanly; all its edits are synced", manifestName(), e);
      }
    }
  }

  private String manifestName() {
    return FileNames.nameOf(FileNames.manifest(directory, manifestNumber));
  }

  /// Files of failed edits that stay for now, for tests.
  List<DataFile> filesInDoubt() {
    editLock.lock();
    try {
      return new ArrayList<>(filesInDoubt);
    } finally {
      editLock.unlock();
    }
  }
}
