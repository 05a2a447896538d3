package io.varve.engine.backup;

import io.varve.engine.backup.BackupManifest.Kind;
import io.varve.engine.backup.BackupManifest.StoredFile;
import io.varve.engine.error.EngineException;
import io.varve.engine.error.StorageException;
import io.varve.engine.file.FileLock;
import io.varve.engine.file.FileNames;
import io.varve.engine.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Backups of one store, each whole in itself, which share the tables that they have in common;
/// `docs/format/backup.md`.
///
/// A table is known by number, size and checksum. On one timeline a number never names two tables, so a
/// table that an earlier backup of the timeline has is not even read; a table that comes from another
/// timeline is read and compared.
///
/// A backup exists from the moment its manifest has its name, which is the last thing that is written.
/// Before that a crash leaves files that no manifest speaks of, and the next backup sweeps them. Earlier
/// backups are never written to. One process works in a directory at a time; one thread uses this.
public final class BackupDirectory implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackupDirectory.class);

  private final FileSystem files;
  private final Path directory;
  private final FileLock lock;

  private BackupDirectory(FileSystem files, Path directory, FileLock lock) {
    this.files = files;
    this.directory = directory;
    this.lock = lock;
  }

  /// Opens a directory for the first backup or for more.
  ///
  /// @throws StorageException if another process works in it, or it holds something else
  public static BackupDirectory create(FileSystem files, Path directory) {
    files.createDirectories(directory);
    Path file = directory.resolve(BackupFormat.DIRECTORY_FILE);
    if (!files.exists(file)) {
      for (String name : files.list(directory)) {
        boolean ours =
            name.startsWith(BackupFormat.DIRECTORY_FILE)
                || name.equals(FileNames.nameOf(FileNames.lock(directory)));
        if (!ours) {
          throw new StorageException(
              "backup",
              directory.toString(),
              "there is something in it that is no backup, such as " + name);
        }
      }
    }
    return new BackupDirectory(files, directory, lock(files, directory));
  }

  /// Opens a directory that has backups.
  ///
  /// @throws StorageException if it has none, or another process works in it
  public static BackupDirectory open(FileSystem files, Path directory) {
    if (!files.exists(directory.resolve(BackupFormat.DIRECTORY_FILE))) {
      throw new StorageException("open", directory.toString(), "there are no backups");
    }
    return new BackupDirectory(files, directory, lock(files, directory));
  }

  private static FileLock lock(FileSystem files, Path directory) {
    try {
      return files.lock(FileNames.lock(directory));
    } catch (StorageException e) {
      throw new StorageException(
          "backup",
          directory.toString(),
          "somebody else is at work in it, or it cannot be written to: " + e.getMessage());
    }
  }

  /// All backups, oldest first.
  ///
  /// @throws EngineException if the manifest of one cannot be read
  public List<BackupManifest> list() {
    List<BackupManifest> backups = new ArrayList<>();
    for (long id : ids()) {
      backups.add(BackupFormat.read(files, directory, id));
    }
    return backups;
  }

  private List<Long> ids() {
    List<Long> ids = new ArrayList<>();
    for (String name : files.list(directory)) {
      long id = BackupFormat.idOfManifest(name);
      if (id >= 0) {
        ids.add(id);
      }
    }
    ids.sort(null);
    return ids;
  }

  /// Adds a backup.
  ///
  /// @throws StorageException if the directory holds backups of another store, or a disk fails
  public BackupManifest backup(StoreImage image) {
    claim(image.identity().storeId());
    List<BackupManifest> earlier = list();
    sweep(earlier);
    long id = nextId();
    Path own = directory.resolve(BackupFormat.digits(id));
    files.createDirectories(own);
    // The log first: it is short, and the store keeps segments until it is read.
    image.writeLog(own);
    Copier copier = new Copier(image.identity().contentTimeline(), earlier);
    List<StoredFile> stored = new ArrayList<>();
    for (StoreImage.ImageFile table : image.dataFiles()) {
      stored.add(copier.store(table));
    }
    files.syncDirectory(directory.resolve(BackupFormat.TABLES));
    image.writeManifest(own);
    for (String name : files.list(own)) {
      Path path = own.resolve(name);
      long bytes = files.size(path);
      copier.copiedBytes += bytes;
      stored.add(
          new StoredFile(
              BackupFormat.digits(id) + "/" + name,
              name,
              bytes,
              FileCopy.checksum(files, path),
              Kind.OWN));
    }
    BackupManifest manifest =
        new BackupManifest(
            id,
            image.identity().storeId(),
            image.identity().contentTimeline(),
            image.sequence(),
            image.flushedSequence(),
            image.millis(),
            copier.copiedBytes,
            stored);
    BackupFormat.write(files, directory, manifest);
    return manifest;
  }

  /// Sees to it that the directory belongs to a store.
  private void claim(String storeId) {
    Path file = directory.resolve(BackupFormat.DIRECTORY_FILE);
    if (!files.exists(file)) {
      ChecksummedLine.write(files, file, BackupFormat.DIRECTORY_KIND, List.of(storeId));
    }
    String owner = ChecksummedLine.read(files, file, BackupFormat.DIRECTORY_KIND, 1).getFirst();
    if (!owner.equals(storeId)) {
      throw new StorageException(
          "backup",
          directory.toString(),
          "it holds backups of store " + owner + ", and this is store " + storeId);
    }
    files.createDirectories(directory.resolve(BackupFormat.TABLES));
  }

  private long nextId() {
    long highest = 0;
    for (String name : files.list(directory)) {
      highest = Math.max(highest, BackupFormat.idOfManifest(name));
      highest = Math.max(highest, BackupFormat.idOfFolder(name));
    }
    return highest + 1;
  }

  /// Deletes what no manifest speaks of.
  private void sweep(List<BackupManifest> backups) {
    Set<String> needed = new HashSet<>();
    for (BackupManifest backup : backups) {
      backup.files().forEach(file -> needed.add(file.path()));
    }
    for (String name : files.list(directory)) {
      Path path = directory.resolve(name);
      if (name.equals(BackupFormat.TABLES)) {
        sweepFolder(path, name, needed);
      } else if (BackupFormat.idOfFolder(name) >= 0) {
        sweepFolder(path, name, needed);
        if (files.list(path).isEmpty()) {
          files.delete(path);
        }
      } else if (isUnfinished(name)) {
        files.delete(path);
      }
    }
  }

  private static boolean isUnfinished(String name) {
    FileNames.FileName parsed = FileNames.parse(name);
    return parsed != null && parsed.kind() == FileNames.Kind.TEMPORARY;
  }

  private void sweepFolder(Path folder, String prefix, Set<String> needed) {
    for (String name : files.list(folder)) {
      if (!needed.contains(prefix + "/" + name)) {
        files.delete(folder.resolve(name));
      }
    }
  }

  /// Reads every file of a backup.
  ///
  /// @return what is missing or not as it was, in words; empty if the backup is sound
  public List<String> verify(BackupManifest backup) {
    List<String> findings = new ArrayList<>();
    for (StoredFile file : backup.files()) {
      Path path = directory.resolve(file.path());
      try {
        if (!files.exists(path)) {
          findings.add(file.path() + " is missing");
        } else if (files.size(path) != file.bytes()) {
          findings.add(
              file.path() + ": expected " + file.bytes() + " bytes, found " + files.size(path));
        } else {
          int crc = FileCopy.checksum(files, path);
          if (crc != file.crc()) {
            findings.add(
                file.path()
                    + ": expected checksum "
                    + ChecksummedLine.hex(file.crc())
                    + ", found "
                    + ChecksummedLine.hex(crc));
          }
        }
      } catch (EngineException e) {
        findings.add(String.valueOf(e.getMessage()));
      }
    }
    return findings;
  }

  /// Deletes all backups but the newest, and what only they needed.
  ///
  /// @param keep backups to keep, at least one
  /// @return the backups that are gone, oldest first
  public List<BackupManifest> purge(int keep) {
    if (keep < 1) {
      throw new IllegalArgumentException("at least one backup has to be kept, not " + keep);
    }
    List<BackupManifest> all = list();
    int gone = Math.max(0, all.size() - keep);
    for (BackupManifest backup : all.subList(0, gone)) {
      files.delete(directory.resolve(BackupFormat.manifestName(backup.id())));
    }
    // The manifests first and for good: no manifest may speak of a file that is gone.
    files.syncDirectory(directory);
    sweep(all.subList(gone, all.size()));
    return List.copyOf(all.subList(0, gone));
  }

  /// Drops from an archive what no restore from the kept backups can need: on each timeline that has a
  /// backup, the pieces before its oldest.
  ///
  /// @return how many pieces
  public int trim(LogArchive archive) {
    Map<String, Long> oldest = new HashMap<>();
    for (BackupManifest backup : list()) {
      oldest.merge(backup.timeline(), backup.sequence(), Math::min);
    }
    int dropped = 0;
    for (Map.Entry<String, Long> timeline : oldest.entrySet()) {
      dropped += archive.trim(timeline.getKey(), timeline.getValue());
    }
    return dropped;
  }

  /// The newest backup from which a point can be reached.
  ///
  /// @param archive where timelines are looked up, needed for a timeline
  /// @param timeline where the restore is to end; null for the backup's own
  /// @throws StorageException if there is none
  public BackupManifest choose(
      RestorePoint point, @Nullable LogArchive archive, @Nullable String timeline) {
    List<BackupManifest> newestFirst = new ArrayList<>(list());
    newestFirst.sort(Comparator.comparingLong(BackupManifest::id).reversed());
    for (BackupManifest backup : newestFirst) {
      boolean onTheWay =
          archive == null
              || timeline == null
              || archive.leadsTo(backup.timeline(), backup.sequence(), timeline);
      if (onTheWay && Restore.reaches(backup, point)) {
        return backup;
      }
    }
    throw new StorageException(
        "restore",
        directory.toString(),
        "no backup is old enough for "
            + point
            + (timeline == null ? "" : " on timeline " + timeline));
  }

  /// Makes a store of a backup and, if there is an archive, of what was written behind it.
  ///
  /// @param target must not exist, or be empty
  /// @param timeline where to end; null for the backup's own
  /// @throws StorageException if the point cannot be reached, or a disk fails; what was made of the
  ///     target stays then, and does not open as a store
  public Restore.Restored restore(
      BackupManifest backup,
      Path target,
      RestorePoint point,
      @Nullable LogArchive archive,
      @Nullable String timeline) {
    return new Restore(files, directory, backup, target).run(point, archive, timeline);
  }

  @Override
  public void close() {
    lock.close();
  }

  /// Brings the tables of one backup in.
  private final class Copier {

    private final String timeline;

    /// Tables that the directory has, by number and size.
    private final Map<String, List<Known>> known = new HashMap<>();

    private long copiedBytes;

    private record Known(StoredFile file, String timeline) {}

    Copier(String timeline, List<BackupManifest> earlier) {
      this.timeline = timeline;
      for (BackupManifest backup : earlier) {
        for (StoredFile file : backup.files()) {
          if (file.kind() == Kind.SHARED) {
            known
                .computeIfAbsent(keyOf(file.name(), file.bytes()), _ -> new ArrayList<>())
                .add(new Known(file, backup.timeline()));
          }
        }
      }
    }

    private static String keyOf(String name, long bytes) {
      return name + " " + bytes;
    }

    StoredFile store(StoreImage.ImageFile table) {
      String name = FileNames.nameOf(table.path());
      StoredFile there = find(table, name);
      if (there != null && isThere(there)) {
        return there;
      }
      Path temporary = FileNames.temporary(directory.resolve(BackupFormat.TABLES).resolve(name));
      if (files.exists(temporary)) {
        files.delete(temporary);
      }
      int crc = FileCopy.copy(files, table.path(), temporary);
      String path = BackupFormat.tablePath(name, table.bytes(), crc);
      files.rename(temporary, directory.resolve(path));
      copiedBytes += table.bytes();
      LOG.debug("{} copied to {}", name, path);
      return new StoredFile(path, name, table.bytes(), crc, Kind.SHARED);
    }

    private boolean isThere(StoredFile file) {
      Path path = directory.resolve(file.path());
      return files.exists(path) && files.size(path) == file.bytes();
    }

    private @Nullable StoredFile find(StoreImage.ImageFile table, String name) {
      List<Known> candidates = known.getOrDefault(keyOf(name, table.bytes()), List.of());
      for (Known candidate : candidates) {
        if (candidate.timeline().equals(timeline)) {
          return candidate.file();
        }
      }
      if (candidates.isEmpty()) {
        return null;
      }
      // Another timeline may use the number for another table.
      int crc = FileCopy.checksum(files, table.path());
      for (Known candidate : candidates) {
        if (candidate.file().crc() == crc) {
          return candidate.file();
        }
      }
      return null;
    }
  }
}
