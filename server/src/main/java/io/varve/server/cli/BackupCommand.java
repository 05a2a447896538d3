package io.varve.server.cli;

import io.varve.engine.backup.BackupDirectory;
import io.varve.engine.backup.BackupManifest;
import io.varve.engine.backup.LogArchive;
import io.varve.engine.backup.Restore;
import io.varve.engine.backup.RestorePoint;
import io.varve.engine.backup.StoreImage;
import io.varve.engine.file.DiskFileSystem;
import io.varve.engine.file.FileSystem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `varve backup`: makes backups of a store, looks after them, and brings stores back.
@Command(
    name = "backup",
    description = "Makes backups of a store and brings it back from them, as it was at any moment.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer =
        "%nOf a running server, back up its checkpoint: redis-cli SAVE, then%n"
            + "varve backup create --from DATA/checkpoint BACKUPS. See docs/backup.md.")
final class BackupCommand {

  private static final String BACKUPS = "BACKUPS";
  private static final String BACKUPS_DOC = "Folder of the backups.";
  private static final String ARCHIVE_DOC =
      "Folder of the archived log, wal-archive-dir of the server.";

  @Spec private CommandSpec spec = CommandSpec.create();

  private final FileSystem files = new DiskFileSystem();

  @Command(
      name = "create",
      description = "Adds a backup. Copies only what the folder does not have.",
      mixinStandardHelpOptions = true)
  int create(
      @Option(
              names = "--from",
              required = true,
              paramLabel = "DIR",
              description = "A store that nobody has open: a checkpoint, or a stopped server's.")
          Path from,
      @Parameters(paramLabel = BACKUPS, description = BACKUPS_DOC + " Made if it is missing.")
          Path directory) {
    BackupManifest made;
    try (StoreImage image = StoreImage.ofClosed(files, from, InstantSource.system());
        BackupDirectory backups = BackupDirectory.create(files, directory)) {
      made = backups.backup(image);
    }
    out().println(describe(made));
    return ExitCode.OK;
  }

  @Command(
      name = "list",
      description = "Lists the backups, the oldest first.",
      mixinStandardHelpOptions = true)
  int list(@Parameters(paramLabel = BACKUPS, description = BACKUPS_DOC) Path directory) {
    try (BackupDirectory backups = BackupDirectory.open(files, directory)) {
      for (BackupManifest backup : backups.list()) {
        out().println(describe(backup));
      }
    }
    return ExitCode.OK;
  }

  @Command(
      name = "verify",
      description = "Reads every file of the backups, and of an archive; 1 if one is damaged.",
      mixinStandardHelpOptions = true)
  int verify(
      @Parameters(paramLabel = BACKUPS, description = BACKUPS_DOC) Path directory,
      @Option(names = "--id", description = "Only this backup.") @Nullable Long id,
      @Option(names = "--archive", paramLabel = "DIR", description = ARCHIVE_DOC)
          @Nullable Path archive) {
    boolean sound = true;
    try (BackupDirectory backups = BackupDirectory.open(files, directory)) {
      for (BackupManifest backup : id == null ? backups.list() : List.of(find(backups, id))) {
        List<String> findings = backups.verify(backup);
        findings.forEach(finding -> out().println("DAMAGE: " + finding));
        sound &= findings.isEmpty();
        out()
            .println(
                "backup "
                    + backup.id()
                    + ": "
                    + backup.files().size()
                    + " files, "
                    + backup.bytes()
                    + " bytes: "
                    + (findings.isEmpty() ? "sound" : findings.size() + " findings"));
      }
    }
    if (archive != null) {
      sound &= verify(new LogArchive(files, archive));
    }
    return sound ? ExitCode.OK : ExitCode.FAILURE;
  }

  private boolean verify(LogArchive archive) {
    boolean sound = true;
    for (LogArchive.Timeline timeline : archive.timelines()) {
      List<String> findings = archive.verify(timeline);
      findings.forEach(finding -> out().println("DAMAGE: " + finding));
      sound &= findings.isEmpty();
      out()
          .println(
              "timeline "
                  + timeline.name()
                  + ": "
                  + timeline.pieces().size()
                  + " pieces: "
                  + (findings.isEmpty() ? "sound" : findings.size() + " findings"));
    }
    return sound;
  }

  @Command(
      name = "restore",
      description =
          "Makes a store of a backup and, with an archive, of what was written behind it.",
      mixinStandardHelpOptions = true)
  int restore(
      @Parameters(index = "0", paramLabel = BACKUPS, description = BACKUPS_DOC) Path directory,
      @Parameters(
              index = "1",
              paramLabel = "TARGET",
              description = "Folder of the new store. Has to be empty or missing.")
          Path target,
      @Option(names = "--id", description = "This backup; else the newest from which it goes.")
          @Nullable Long id,
      @Option(names = "--archive", paramLabel = "DIR", description = ARCHIVE_DOC)
          @Nullable Path archive,
      @Option(
              names = "--to-time",
              paramLabel = "TIME",
              description =
                  "As it was then: ISO 8601 (2026-03-01T12:00:00Z; local without a zone) or seconds"
                      + " or milliseconds since 1970.")
          @Nullable String time,
      @Option(
              names = "--to-sequence",
              paramLabel = "N",
              description = "As it was after this sequence number.")
          @Nullable Long sequence,
      @Option(
              names = "--timeline",
              paramLabel = "NAME",
              description =
                  "End on this timeline of the archive, which a restored store began; else on the"
                      + " backup's own.")
          @Nullable String timeline) {
    if (time != null && sequence != null) {
      return refuse("--to-time and --to-sequence exclude each other");
    }
    if (timeline != null && archive == null) {
      return refuse("--timeline needs --archive");
    }
    RestorePoint point;
    try {
      point = pointOf(time, sequence);
    } catch (IllegalArgumentException e) {
      return refuse(String.valueOf(e.getMessage()));
    }
    LogArchive log = archive == null ? null : new LogArchive(files, archive);
    Restore.Restored restored;
    try (BackupDirectory backups = BackupDirectory.open(files, directory)) {
      BackupManifest from = id == null ? backups.choose(point, log, timeline) : find(backups, id);
      restored = backups.restore(from, target, point, log, timeline);
    }
    out()
        .println(
            "restored "
                + target
                + " from backup "
                + restored.backup().id()
                + " to sequence number "
                + restored.sequence()
                + (restored.millis() < 0
                    ? ""
                    : ", last write " + Instant.ofEpochMilli(restored.millis()))
                + ", "
                + restored.batches()
                + " batches of log to replay");
    tellOfOthers(log, restored);
    return ExitCode.OK;
  }

  private static RestorePoint pointOf(@Nullable String time, @Nullable Long sequence) {
    if (time != null) {
      return new RestorePoint.Time(TimeText.parse(time));
    }
    return sequence == null ? new RestorePoint.Latest() : new RestorePoint.Sequence(sequence);
  }

  /// What else somebody might have meant.
  private void tellOfOthers(@Nullable LogArchive archive, Restore.Restored restored) {
    if (archive == null) {
      out().println("note: without --archive, what was written after the backup is not in it");
      return;
    }
    for (LogArchive.Timeline timeline : archive.timelines()) {
      if (restored.timeline().equals(timeline.identity().parentTimeline())) {
        out()
            .println(
                "note: timeline "
                    + timeline.name()
                    + " went on from sequence number "
                    + timeline.identity().parentSequence()
                    + "; --timeline "
                    + timeline.name()
                    + " restores that");
      }
    }
  }

  @Command(
      name = "purge",
      description =
          "Deletes all but the newest backups, and the archived log that only they needed.",
      mixinStandardHelpOptions = true)
  int purge(
      @Parameters(paramLabel = BACKUPS, description = BACKUPS_DOC) Path directory,
      @Option(
              names = "--keep",
              required = true,
              paramLabel = "N",
              description = "How many to keep; at least 1.")
          int keep,
      @Option(names = "--archive", paramLabel = "DIR", description = ARCHIVE_DOC)
          @Nullable Path archive) {
    if (keep < 1) {
      return refuse("--keep has to be at least 1");
    }
    try (BackupDirectory backups = BackupDirectory.open(files, directory)) {
      for (BackupManifest gone : backups.purge(keep)) {
        out().println("deleted " + describe(gone));
      }
      if (archive != null) {
        int pieces = backups.trim(new LogArchive(files, archive));
        out().println("deleted " + pieces + " pieces of the archived log");
      }
    }
    return ExitCode.OK;
  }

  private static BackupManifest find(BackupDirectory backups, long id) {
    for (BackupManifest backup : backups.list()) {
      if (backup.id() == id) {
        return backup;
      }
    }
    throw new io.varve.engine.error.StorageException(
        "open", "backup " + id, "there is no such backup");
  }

  private static String describe(BackupManifest backup) {
    return "backup "
        + backup.id()
        + ": "
        + (backup.millis() < 0 ? "time unknown" : Instant.ofEpochMilli(backup.millis()).toString())
        + ", sequence number "
        + backup.sequence()
        + ", timeline "
        + backup.timeline()
        + ", "
        + backup.files().size()
        + " files, "
        + backup.bytes()
        + " bytes, of which "
        + backup.copiedBytes()
        + " were new";
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private int refuse(String why) {
    spec.commandLine().getErr().println("varve: " + why);
    return ExitCode.USAGE;
  }
}
